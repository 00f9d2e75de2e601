// A request and an answer as plain values. Between the two nothing knows about sockets, so that a request which Node's
// parser refused runs through the same stages as any other (broken-request.ts).

import type { RequestHeaders } from '../auth/caller.ts';
import type { BerthError } from '../domain/errors/declare.ts';

export interface IncomingRequest {
  readonly method: string;
  /** The request target as it was sent: path and query, or a whole URL. */
  readonly target: string;
  readonly headers: RequestHeaders;
  /** When its head was there, on the clock of `performance`. */
  readonly arrivedAt: number;
  /** `host:port` of the socket that it came in by; what a client without `Host` must have meant. */
  readonly localAuthority: string;
  /** What is wrong with it as HTTP. Answered once the stages before the operation have no objection of their own. */
  readonly defect: BerthError | null;
  /** The whole body. Throws 413 beyond the limit, 400 or 408 when it does not arrive well. */
  readBody(): Promise<Buffer>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no body and no content type. */
  readonly body: AnswerBody | null;
  /** To be called once the client has all of it, or is gone. */
  readonly sent?: () => void;
}

/** A part of an answer: text, or its bytes in UTF-8. */
export type BodyPiece = string | Uint8Array;

/** What is sent a piece at a time, as the client takes it: large answers are never one large string. */
export interface AnswerBody {
  readonly pieces: readonly BodyPiece[];
  /** Of all pieces in UTF-8. */
  readonly bytes: number;
  /** Every character of a text is one byte, so that the cheaper of the two encodings gives the same. */
  readonly isAscii: boolean;
}

export function answerBody(...pieces: readonly BodyPiece[]): AnswerBody {
  let bytes = 0;
  let characters = 0;
  for (const piece of pieces) {
    bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    characters += piece.length;
  }
  return { pieces, bytes, isAscii: bytes === characters };
}

/** One header as text, several lines of it joined with `,`; undefined when absent. `name` in lower case. */
export function headerText(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(',');
}
