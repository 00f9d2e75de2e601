// Requests that Node's parser refuses. Where their head can be read they take the usual way through the stages, so
// that `content-length: hi mom` or an invented method gets the same answer as behind any other server
// (http-api §1.4, §1.6, §15); they never reach an operation.

import type { RequestHeaders } from '../auth/caller.ts';
import type { BerthError } from '../domain/errors/declare.ts';
import { contentLengthNotInteger, requestIncomplete, requestMalformed } from '../domain/errors/http.ts';
import type { LimitRefusals } from './limits.ts';

/** What Node tells of a fault: its code, and what it saw of the request. */
export interface ParserFault {
  readonly code: string;
  /** What arrived last; not always the request from its beginning. Null when nothing did. */
  readonly packet: Buffer | null;
  /** Position of the fault in `packet`. */
  readonly position: number;
}

export interface BrokenHead {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
}

const END_OF_HEAD = '\r\n\r\n';
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+) HTTP\/1\.[01]$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** Faults that a server without Node's parser would find in a later stage, after identity and version. */
const LATER_FAULTS: ReadonlySet<string> = new Set(['HPE_INVALID_CONTENT_LENGTH', 'HPE_INVALID_METHOD']);

export function parserFault(error: Error): ParserFault {
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    packet: 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : null,
    position: 'bytesParsed' in error && typeof error.bytesParsed === 'number' ? error.bytesParsed : 0,
  };
}

/** Whether the stages before the operation have their say first. */
export function isLaterFault(fault: ParserFault): boolean {
  return LATER_FAULTS.has(fault.code);
}

/** The refusal for a fault, when no earlier stage has an objection. */
export function parserRefusal(fault: ParserFault, refusals: LimitRefusals): BerthError {
  switch (fault.code) {
    case 'HPE_INVALID_CONTENT_LENGTH':
      return contentLengthNotInteger({});
    case 'HPE_HEADER_OVERFLOW':
      return isLongRequestLine(fault) ? refusals.urlTooLong() : refusals.headersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusals.notReceivedInTime();
    case 'HPE_INVALID_EOF_STATE':
      return requestIncomplete({});
    default:
      return requestMalformed({});
  }
}

/**
 * The head in which the parser found its fault; null when the packet does not hold its beginning. Header lines that
 * are none are left out. A head after a body in the same packet is not found, and gets the plain refusal.
 */
export function readBrokenHead({ packet, position }: ParserFault): BrokenHead | null {
  if (packet === null) return null;
  const text = packet.toString('latin1');
  const previous = position === 0 ? -1 : text.lastIndexOf(END_OF_HEAD, position - 1);
  const start = previous === -1 ? 0 : previous + END_OF_HEAD.length;
  const end = text.indexOf(END_OF_HEAD, start);
  const [requestLine = '', ...lines] = text.slice(start, end === -1 ? undefined : end).split('\r\n');
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  return method === undefined || target === undefined ? null : { method, target, headers: headersOf(lines) };
}

/** Lines of one name are joined, as the parser would have done. */
function headersOf(lines: readonly string[]): RequestHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    const earlier = headers[key];
    headers[key] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}

/** Whether the fault lies in the request line: the target is what overflowed. */
function isLongRequestLine({ packet, position }: ParserFault): boolean {
  if (packet === null || !/^[A-Z]+ \S/.test(packet.toString('latin1', 0, 64))) return false;
  const end = packet.indexOf('\r\n');
  return end === -1 || end >= position;
}
