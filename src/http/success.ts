// An operation's answer as HTTP (http-api §1.14, §1.15, §1.18): exact content type, absolute location, and from 1.15
// the time of the last change.

import type { Microversion } from '../domain/microversion.ts';
import { type AnswerBody, answerBody, type HttpAnswer } from './incoming.ts';
import type { OperationAnswer } from './operation.ts';
import { absoluteLocation, type PublicAddress } from './public-address.ts';

/** First microversion whose answers carry `last-modified` and `cache-control`. */
const LAST_MODIFIED_SINCE = 15;

export function successAnswer(answer: OperationAnswer, version: Microversion, address: PublicAddress): HttpAnswer {
  const { status, contentType = 'application/json', location, lastModified } = answer;
  const body = bodyOf(answer);
  return {
    status,
    headers: {
      ...(body === null ? {} : { 'content-type': contentType }),
      ...(location === undefined ? {} : { location: absoluteLocation(address, location) }),
      ...(lastModified === undefined || version < LAST_MODIFIED_SINCE
        ? {}
        : { 'last-modified': lastModified.toUTCString(), 'cache-control': 'no-cache' }),
    },
    body,
    ...(answer.sent === undefined ? {} : { sent: answer.sent }),
  };
}

function bodyOf({ body, pieces }: OperationAnswer): AnswerBody | null {
  if (pieces !== undefined) return answerBody(...pieces);
  if (body === undefined) return null;
  return answerBody(typeof body === 'string' ? body : JSON.stringify(body));
}
