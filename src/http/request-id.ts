// Request ids (http-api §1.13). The service makes its own for every answer; one that the client sends names the
// client's whole operation, is logged and never echoed.

import { randomUUID } from 'node:crypto';

export const REQUEST_ID_HEADER = 'x-openstack-request-id';

const GLOBAL_REQUEST_ID = /^req-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/;

/** A new `req-<uuid4>`. */
export function newRequestId(): string {
  return `req-${randomUUID()}`;
}

/** The id that the client sent for its whole operation; null for none and for any other text. */
export function globalRequestId(header: string | undefined): string | null {
  return header !== undefined && GLOBAL_REQUEST_ID.test(header) ? header : null;
}
