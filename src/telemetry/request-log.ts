// One line per request. It names the route's template, never the path or the query: both carry consumers, projects and
// users (operations §6.2). Of those it tells what identifiers.ts lets through, by default nothing.

import { METHODS } from 'node:http';
import type { IdentifierFields } from './identifiers.ts';
import type { Logger } from './logger.ts';

/** What is known of a request once its answer is made. */
export interface RequestRecord {
  /** `req-<uuid>` of this request, as its answer carries it. */
  readonly requestId: string;
  /** `req-<uuid>` that the client gave for its whole operation, or null. */
  readonly globalRequestId: string | null;
  readonly method: string;
  /** Template such as `/allocations/{consumer_uuid}`, or null where no path matched. */
  readonly route: string | null;
  /** `1.39`; null when the request did not get that far. */
  readonly microversion: string | null;
  readonly status: number;
  /** From the whole head having arrived to the answer being handed to the socket. */
  readonly durationMs: number;
  /** Size of the answer's body. */
  readonly answerBytes: number;
  /** Kind of the error answered, of the catalogue or `unexpected`; null on success. */
  readonly errorKind: string | null;
  /** Whose it was, as far as the operator wants that told; nothing when absent. */
  readonly named?: IdentifierFields;
}

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Writes the line of one request, at level info. */
export function logRequest(logger: Logger, record: RequestRecord): void {
  logger.info(
    {
      requestId: record.requestId,
      globalRequestId: record.globalRequestId ?? '-',
      // An invented method is text of the client's and could say anything.
      method: KNOWN_METHODS.has(record.method) ? record.method : '-',
      route: record.route ?? '-',
      microversion: record.microversion ?? '-',
      status: record.status,
      durationMs: Math.round(record.durationMs * 1000) / 1000,
      answerBytes: record.answerBytes,
      ...(record.errorKind === null ? {} : { errorKind: record.errorKind }),
      ...record.named,
    },
    'request',
  );
}
