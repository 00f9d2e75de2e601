// Errors about the form of a request: what was sent cannot be read, or does not have the shape that its microversion
// wants. The texts behind the prefixes are made by http/validation, one line each and bounded.

import { declareError } from './declare.ts';

/** Not JSON, or JSON that the service refuses to take in (http-api §1.6). */
export const jsonMalformed = declareError(
  'request.json_malformed',
  400,
  ({ reason }: { reason: string }) => `Malformed JSON: ${reason}`,
);
/** JSON of the wrong shape (http-api §2.4). */
export const bodyInvalid = declareError(
  'request.body_invalid',
  400,
  ({ failure }: { failure: string }) => `JSON does not validate: ${failure}`,
);
/** A query string that cannot be decoded or has the wrong shape (http-api §1.16, §2.4). */
export const queryInvalid = declareError(
  'request.query_invalid',
  400,
  ({ failure }: { failure: string }) => `Invalid query string parameters: ${failure}`,
);
