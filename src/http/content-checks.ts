// What a request says about its content (http-api §1.6): the pre-check of every request, and guard C of operations
// that take JSON. Neither looks at the body.

import type { RequestHeaders } from '../auth/caller.ts';
import { contentLengthNotInteger, contentTypeRequired, mediaTypeUnsupported } from '../domain/errors/http.ts';
import { headerText } from './incoming.ts';

const INTEGER = /^[+-]?\d+$/;

/** Stage 6. Throws 400 when the length is no number, or when there is content and no type. */
export function checkContentHeaders(headers: RequestHeaders): void {
  const length = headerText(headers, 'content-length');
  if (length === undefined) return;
  if (!INTEGER.test(length)) throw contentLengthNotInteger({});
  if (Number(length) > 0 && !headerText(headers, 'content-type')) throw contentTypeRequired({});
}

/** Guard C. Throws 415 unless the type is `application/json` in exactly this case; parameters are ignored. */
export function checkContentIsJson(headers: RequestHeaders): void {
  const type = headerText(headers, 'content-type');
  const mediaType = type?.split(';', 1)[0]?.trim() ?? '';
  if (mediaType !== 'application/json') throw mediaTypeUnsupported({ mediaType: mediaType === '' ? null : mediaType });
}
