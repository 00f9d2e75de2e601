// The bounds on one request (P6) as refusals that name the setting an operator would change.

import type { LimitSettings } from '../config/settings.ts';
import type { BerthError } from '../domain/errors/declare.ts';
import {
  answersUnsentTooMany,
  bodyTooLarge,
  headersTooLarge,
  queryParametersTooMany,
  requestNotReceivedInTime,
  requestNotServedInTime,
  urlTooLong,
} from '../domain/errors/http.ts';

/** One refusal for each bound, ready to be thrown. */
export interface LimitRefusals {
  readonly urlTooLong: () => BerthError;
  readonly headersTooLarge: () => BerthError;
  readonly bodyTooLarge: () => BerthError;
  readonly queryParametersTooMany: () => BerthError;
  readonly answersUnsentTooMany: () => BerthError;
  readonly notReceivedInTime: () => BerthError;
  readonly notServedInTime: () => BerthError;
}

export function limitRefusals(limits: LimitSettings): LimitRefusals {
  const url = { setting: '[berth] url_bytes_max', limit: limits.urlBytesMax };
  const headers = { setting: '[berth] header_bytes_max', limit: limits.headerBytesMax };
  const body = { setting: '[berth] body_bytes_max', limit: limits.bodyBytesMax };
  const query = { setting: '[berth] query_parameters_max', limit: limits.queryParametersMax };
  const unsent = { setting: '[berth] unsent_bytes_max', limit: limits.unsentBytesMax };
  const timeout = { setting: '[berth] request_timeout', limit: limits.requestTimeoutMs / 1000 };
  return {
    urlTooLong: () => urlTooLong(url),
    headersTooLarge: () => headersTooLarge(headers),
    bodyTooLarge: () => bodyTooLarge(body),
    queryParametersTooMany: () => queryParametersTooMany(query),
    answersUnsentTooMany: () => answersUnsentTooMany(unsent),
    notReceivedInTime: () => requestNotReceivedInTime(timeout),
    notServedInTime: () => requestNotServedInTime(timeout),
  };
}

/** True when a raw query has more than `max` parameters, counted before any of them is decoded. */
export function hasMoreParameters(rawQuery: string, max: number): boolean {
  let count = 0;
  for (let start = 0; start < rawQuery.length; ) {
    const ampersand = rawQuery.indexOf('&', start);
    const end = ampersand === -1 ? rawQuery.length : ampersand;
    if (end > start && ++count > max) return true;
    start = end + 1;
  }
  return false;
}
