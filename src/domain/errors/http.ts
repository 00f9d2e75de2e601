// Errors about the request as HTTP: where it went, what it offers and accepts, its version and its size. Texts carry
// the fragments of http-api §1.3 to §1.8; a refusal by a limit names the setting that an operator can change (P6).

import { declareError } from './declare.ts';

/** A bound that was exceeded: the setting's name and its value, in the unit that the name says. */
export interface ExceededLimit {
  readonly setting: string;
  readonly limit: number;
}

// Where it went (http-api §1.4)

/** No text of its own: the lead sentence of 404 says it all. */
export const pathUnknown = declareError('http.path_unknown', 404, () => '');
/** The operation is not in the microversion that was asked for (http-api §1.3). */
export const operationNotInVersion = declareError('http.operation_not_in_version', 404, () => '');
export const methodNotAllowed = declareError('http.method_not_allowed', 405, () => '');
/** Answered instead of 404 by an operation that says so, and without `Allow` (http-api §1.3). */
export const methodNotInVersion = declareError('http.method_not_in_version', 405, () => '');

// What it carries and accepts (http-api §1.6, §1.7)

export const contentLengthNotInteger = declareError(
  'http.content_length_not_integer',
  400,
  () => 'content-length header must be an integer',
);
export const contentTypeRequired = declareError(
  'http.content_type_required',
  400,
  () => 'content-type header required when content-length > 0',
);
export const mediaTypeUnsupported = declareError(
  'http.media_type_unsupported',
  415,
  ({ mediaType }: { mediaType: string | null }) =>
    `The media type ${mediaType ?? 'None'} is not supported, use application/json`,
);
export const notAcceptable = declareError('http.not_acceptable', 406, () => 'Only application/json is provided');

// Its version (http-api §1.8)

export const versionMalformed = declareError(
  'http.version_malformed',
  400,
  ({ version }: { version: string }) => `invalid version string: ${version}`,
);
export const versionUnacceptable = declareError(
  'http.version_unacceptable',
  406,
  ({ version }: { version: string }) => `Unacceptable version header: ${version}`,
);

// Who asks (http-api §1.11, operations §3.8)

export const policyForbids = declareError(
  'http.policy_forbids',
  403,
  ({ rule }: { rule: string }) => `Policy does not allow ${rule} to be performed.`,
);

// Its size and its time (P6)

export const urlTooLong = declareError(
  'http.url_too_long',
  414,
  ({ setting, limit }: ExceededLimit) => `The URL is longer than ${limit} bytes (setting ${setting}).`,
  { limit: 'url_bytes_max' },
);
export const headersTooLarge = declareError(
  'http.headers_too_large',
  431,
  ({ setting, limit }: ExceededLimit) =>
    `The request line and headers are larger than ${limit} bytes (setting ${setting}).`,
  { limit: 'header_bytes_max' },
);
export const bodyTooLarge = declareError(
  'http.body_too_large',
  413,
  ({ setting, limit }: ExceededLimit) => `The request body is larger than ${limit} bytes (setting ${setting}).`,
  { limit: 'body_bytes_max' },
);
export const queryParametersTooMany = declareError(
  'http.query_parameters_too_many',
  400,
  ({ setting, limit }: ExceededLimit) => `The query has more than ${limit} parameters (setting ${setting}).`,
  { limit: 'query_parameters_max' },
);
export const requestNotReceivedInTime = declareError(
  'http.request_not_received_in_time',
  408,
  ({ setting, limit }: ExceededLimit) => `The request did not arrive within ${limit} s (setting ${setting}).`,
  { limit: 'request_timeout' },
);
export const requestNotServedInTime = declareError(
  'http.request_not_served_in_time',
  503,
  ({ setting, limit }: ExceededLimit) =>
    `The request was not finished within ${limit} s (setting ${setting}). It may still take effect.`,
  { limit: 'request_timeout', remedy: 'Read what the request would have changed before sending it again.' },
);
export const jsonTooDeep = declareError(
  'http.json_too_deep',
  400,
  ({ setting, limit }: ExceededLimit) => `Malformed JSON: nested more than ${limit} levels deep (setting ${setting}).`,
  { limit: 'json_depth_max' },
);

// More of them than the service can answer (docs/limits.md)

const LATER = 'Nothing was done. Send it again after `retry-after`, and double the pause each time it is refused.';

export const requestsWaitingTooMany = declareError(
  'http.requests_waiting_too_many',
  503,
  ({ setting, limit }: ExceededLimit) =>
    `The service is overloaded: ${limit} requests are waiting already (setting ${setting}). Nothing was done.`,
  { limit: 'waiting_requests_max', remedy: LATER },
);
export const requestWaitedTooLong = declareError(
  'http.request_waited_too_long',
  503,
  ({ setting, limit }: ExceededLimit) =>
    `The service is overloaded: the request waited ${limit} s for its turn (setting ${setting}). Nothing was done.`,
  { limit: 'waiting_time_max', remedy: LATER },
);
export const requestShed = declareError(
  'http.request_shed',
  503,
  ({ setting, limit }: ExceededLimit) =>
    `The service is overloaded: requests have been waiting longer than ${limit} s for a while (setting ${setting}). ` +
    'Nothing was done.',
  { limit: 'overload_delay', remedy: LATER },
);

export const answersUnsentTooMany = declareError(
  'http.answers_unsent_too_many',
  503,
  ({ setting, limit }: ExceededLimit) =>
    `Clients have yet to read large answers of ${limit} bytes together (setting ${setting}). Nothing was changed.`,
  { limit: 'unsent_bytes_max', remedy: 'Read answers as fast as they come, or ask for fewer candidates with `limit`.' },
);

// Everything else

export const requestMalformed = declareError(
  'http.request_malformed',
  400,
  () => 'The request is not well-formed HTTP.',
);
/** The client went away in the middle; hardly anybody is left to read it. */
export const requestIncomplete = declareError(
  'http.request_incomplete',
  400,
  () => 'The connection ended before the request was complete.',
);
/** Whatever nobody foresaw. What happened is in the log and nowhere else. */
export const unexpectedFailure = declareError(
  'http.unexpected_failure',
  500,
  () => 'An unexpected failure occurred. The log has more about it under this request id.',
);
