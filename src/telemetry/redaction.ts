// What may be said of a failure in a log: its kind and where in the code it happened, never its message. Messages of
// databases and parsers quote SQL parameters and request bodies, and with them people's identifiers (P5).

/** A failure without anything that came from a client. */
export interface SafeFailure {
  /** Class of the error, e.g. `TypeError`; `thrown string` and the like for what is no error. */
  readonly kind: string;
  /** A code such as `ERR_SQLITE_ERROR` or `ECONNREFUSED`, when it has one. */
  readonly code?: string;
  /** Stack frames without the message. */
  readonly stack: readonly string[];
  readonly cause?: SafeFailure;
}

/** Codes are constants of libraries: capitals, digits and underscores. Anything else could be data. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const FRAME = /^ {4}at /;
/** A name that a class could have; a longer or stranger one could be data. */
const NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const CAUSES_MAX = 4;

/** Reduces anything thrown to what may be logged. Follows `cause` up to {@link CAUSES_MAX} times. */
export function safeFailure(thrown: unknown, causesLeft: number = CAUSES_MAX): SafeFailure {
  if (!(thrown instanceof Error)) return { kind: `thrown ${typeof thrown}`, stack: [] };
  const code = 'code' in thrown && typeof thrown.code === 'string' && CODE.test(thrown.code) ? thrown.code : null;
  return {
    kind: NAME.test(thrown.name) ? thrown.name : 'Error',
    ...(code === null ? {} : { code }),
    stack: stackFrames(thrown),
    ...(thrown.cause === undefined || causesLeft === 0 ? {} : { cause: safeFailure(thrown.cause, causesLeft - 1) }),
  };
}

/**
 * The frames of a stack. The message comes first in it and may have lines that look like frames, so it is cut off by
 * its text; a stack that does not contain it any more cannot be told apart and is left out.
 */
function stackFrames(error: Error): readonly string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const start = stack.indexOf(error.message);
  if (start === -1) return [];
  return stack
    .slice(start + error.message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .map((line) => line.trim());
}
