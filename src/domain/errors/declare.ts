// The one kind of error that Berth answers a client with. Each is declared once, in the catalogue, with its status,
// code and text; it is thrown where the fact is known and becomes HTTP in one place (http/errors.ts). The page
// docs/errors.md is made from the catalogue.

/** Statuses an error of the catalogue may have. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 413 | 414 | 415 | 431 | 500 | 503;

/** Every code that a client may meet (http-api §1.12). */
export const ERROR_CODES = [
  'placement.undefined_code',
  'placement.concurrent_update',
  'placement.inventory.inuse',
  'placement.duplicate_name',
  'placement.resource_provider.inuse',
  'placement.resource_provider.cannot_delete_parent',
  'placement.resource_provider.not_found',
  'placement.query.duplicate_key',
  'placement.query.bad_value',
  'placement.query.missing_value',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a thrown error carries of its line in the catalogue. */
export interface ErrorDefinition {
  readonly kind: string;
  readonly status: ErrorStatus;
  readonly code: ErrorCode;
  /** Name of the setting in `[berth]` whose bound refuses, such as `body_bytes_max`; null when none does. */
  readonly limit: string | null;
}

/** What a line of the catalogue may say beyond status and text. */
export interface ErrorNotes {
  readonly code?: ErrorCode;
  /** Given when the error is the refusal by a bound (P6): the setting in `[berth]`, counted under that name. */
  readonly limit?: string;
  /** First and last minor microversion at which it can occur; absent: as long as the operations that give it. */
  readonly since?: number;
  readonly until?: number;
  /** What a client can do about it; one or two sentences. Every conflict says so. */
  readonly remedy?: string;
}

/** One line of the catalogue. */
export interface CatalogueEntry extends ErrorDefinition, Omit<ErrorNotes, 'code' | 'limit'> {
  /** The text for given parameters; meant for documentation, which has placeholders instead of values. */
  textFor(parameters: unknown): string;
}

/** An error whose message is meant for the client that caused it, and for nobody else: logs name its `kind` only. */
export class BerthError extends Error implements ErrorDefinition {
  readonly kind: string;
  readonly status: ErrorStatus;
  readonly code: ErrorCode;
  readonly limit: string | null;

  constructor(definition: ErrorDefinition, message: string) {
    super(message);
    this.name = 'BerthError';
    this.kind = definition.kind;
    this.status = definition.status;
    this.code = definition.code;
    this.limit = definition.limit;
  }
}

const declared = new Map<string, CatalogueEntry>();

/** All errors declared so far, in order of declaration. */
export function errorCatalogue(): readonly CatalogueEntry[] {
  return [...declared.values()];
}

/**
 * Declares an error: `const notFound = declareError('thing.not_found', 404, (p: {name: string}) => …)`,
 * thrown as `throw notFound({name})`.
 *
 * @param kind unique name, `subject.what_is_wrong`; appears in logs and metrics
 * @param text one line; what a client reads. Newlines in parameters are replaced when it becomes HTTP
 * @param about its code, or more notes; the code is `placement.undefined_code` when none is given
 */
export function declareError<Parameters>(
  kind: string,
  status: ErrorStatus,
  text: (parameters: Parameters) => string,
  about: ErrorCode | ErrorNotes = {},
): (parameters: Parameters) => BerthError {
  if (declared.has(kind)) throw new Error(`error ${kind} is declared twice`);
  const notes: ErrorNotes = typeof about === 'string' ? { code: about } : about;
  const definition: ErrorDefinition = {
    kind,
    status,
    code: notes.code ?? 'placement.undefined_code',
    limit: notes.limit ?? null,
  };
  declared.set(kind, {
    ...notes,
    ...definition,
    // Any text function can be given placeholders: they answer to whatever it reads of its parameters.
    textFor: (parameters) => text(parameters as Parameters),
  });
  return (parameters) => new BerthError(definition, text(parameters));
}
