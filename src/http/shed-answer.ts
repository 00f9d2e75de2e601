// Answers to requests that are not let in. In an overload there are tens of thousands a second and all say the same, so
// each is made once for each form and has only the request id filled in.

import type { BerthError } from '../domain/errors/declare.ts';
import { type ErrorFormat, errorFormat } from './accept.ts';
import { errorAnswer } from './errors.ts';
import { answerBody, type HttpAnswer } from './incoming.ts';
import { REQUEST_ID_HEADER } from './request-id.ts';

/** No error's text has it; JSON leaves it as it is. */
const PLACE_OF_ID = '<request id>';

interface Prepared {
  readonly contentType: string;
  /** The body around the request id; one piece where the form does not name it. */
  readonly pieces: readonly string[];
  readonly bytes: number;
  readonly isAscii: boolean;
}

const prepared = new WeakMap<BerthError, Map<ErrorFormat, Prepared>>();

/**
 * The answer in the form that the client prefers.
 *
 * @param refusal the same object each time; whatever it is made anew for is prepared anew
 * @param accept the header, undefined when absent
 */
export function shedAnswer(refusal: BerthError, requestId: string, accept: string | undefined): HttpAnswer {
  const { contentType, pieces, bytes, isAscii } = preparedFor(refusal, errorFormat(accept));
  const ids = pieces.length - 1;
  return {
    status: refusal.status,
    headers: { 'content-type': contentType, 'retry-after': '1', [REQUEST_ID_HEADER]: requestId },
    body: { pieces: [pieces.join(requestId)], bytes: bytes + ids * requestId.length, isAscii },
  };
}

function preparedFor(refusal: BerthError, format: ErrorFormat): Prepared {
  const forms = prepared.get(refusal) ?? new Map<ErrorFormat, Prepared>();
  const known = forms.get(format);
  if (known !== undefined) return known;
  const made = prepare(refusal, format);
  prepared.set(refusal, forms.set(format, made));
  return made;
}

function prepare(refusal: BerthError, format: ErrorFormat): Prepared {
  const accept = { json: 'application/json', html: 'text/html', plain: 'text/plain' }[format];
  const context = { requestId: PLACE_OF_ID, method: '-', accept, version: null };
  const { headers, body } = errorAnswer(refusal, context);
  const pieces = (body?.pieces ?? []).join('').split(PLACE_OF_ID);
  const { bytes, isAscii } = answerBody(...pieces);
  return { contentType: headers['content-type'] ?? '', pieces, bytes, isAscii };
}
