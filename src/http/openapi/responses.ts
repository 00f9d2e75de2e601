// The answers of the document: an operation's own successes, and one shared response for each error status with the
// exact error object of the microversion (http-api §1.8, §1.10).

import { STATUS_CODES } from 'node:http';
import { ERROR_CODES } from '../../domain/errors/declare.ts';
import { formatMicroversion, type Microversion } from '../../domain/microversion.ts';
import { VERSION_MAX, VERSION_MIN } from '../version-document.ts';
import type { SuccessContract } from './contract.ts';
import { closed } from './contracts/fields.ts';
import type { DocumentSchema } from './schema.ts';

export interface HeaderObject {
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: DocumentSchema;
}

export interface Reference {
  readonly $ref: string;
  readonly description?: string;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, HeaderObject | Reference>>;
  readonly content?: Readonly<Record<string, { readonly schema: DocumentSchema }>>;
}

const CODE_SINCE = 23;
const DATED_SINCE = 15;
const REQUEST_ID_PATTERN = '^req-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$';
/** A lead sentence, and the message as the last line (http-api §1.10). */
const DETAIL_PATTERN = '^[^\\n]+\\n\\n [^\\n]* {2}$';

/** Answered before the microversion is known, or by something in front of the stage that finds it out. */
const BEFORE_NEGOTIATION: ReadonlySet<number> = new Set([401, 408, 414, 431, 500, 503]);

/** Headers that responses refer to. */
export function headerComponents(version: Microversion): Readonly<Record<string, HeaderObject>> {
  return {
    Version: { required: true, schema: { const: `placement ${formatMicroversion(version)}` } },
    Vary: { required: true, schema: { type: 'string', pattern: '(?:^|, ?)openstack-api-version(?:,|$)' } },
    RequestId: { required: true, schema: { type: 'string', pattern: REQUEST_ID_PATTERN } },
    Location: {
      description: 'The absolute address of what was created or found.',
      required: true,
      schema: { type: 'string', pattern: '^https?://[^/?#]+/' },
    },
    LastModified: {
      required: true,
      schema: { type: 'string', pattern: '^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$' },
    },
    CacheControl: { required: true, schema: { const: 'no-cache' } },
    Allow: { description: "The path's methods.", schema: { type: 'string', pattern: '^[A-Z]+(?:, [A-Z]+)*$' } },
    RetryAfter: { description: 'Seconds.', schema: { type: 'string', pattern: '^\\d+$' } },
  };
}

/** An operation's own answer. */
export function successResponse(contract: SuccessContract, version: Microversion): ResponseObject {
  const { description, body, contentType = 'application/json', location, dated } = contract;
  return {
    description,
    headers: {
      ...negotiated(),
      ...(location ? { location: header('Location') } : {}),
      ...(dated && version >= DATED_SINCE
        ? { 'last-modified': header('LastModified'), 'cache-control': header('CacheControl') }
        : {}),
    },
    ...(body === undefined ? {} : { content: { [contentType]: { schema: body } } }),
  };
}

/** A reference to the shared response of an error status, with a description of its own if there is more to say. */
export function errorReference(status: number, description?: string): Reference {
  return {
    $ref: `#/components/responses/${errorName(status)}`,
    ...(description === undefined ? {} : { description }),
  };
}

/** Shared responses by name; `VersionMalformed` and `VersionUnacceptable` answer before there is a microversion. */
export function errorComponents(
  statuses: Iterable<number>,
  version: Microversion,
): Readonly<Record<string, ResponseObject>> {
  const range = { max_version: { const: VERSION_MAX }, min_version: { const: VERSION_MIN } };
  return {
    ...Object.fromEntries([...statuses].map((status) => [errorName(status), errorResponse(status, version)])),
    VersionMalformed: refusal('The version header is no version.', errorBody(400, null, {}), unnegotiated()),
    VersionUnacceptable: refusal('There is no such version.', errorBody(406, null, range), unnegotiated()),
  };
}

function errorResponse(status: number, version: Microversion): ResponseObject {
  const description = STATUS_CODES[status] ?? 'Error';
  const headers = {
    ...(BEFORE_NEGOTIATION.has(status) ? unnegotiated() : negotiated()),
    ...(status === 405 ? { allow: header('Allow') } : {}),
    ...(status === 503 ? { 'retry-after': header('RetryAfter') } : {}),
  };
  // Identity answers in a form of its own (http-api §1.10).
  if (status === 401) return refusal(description, { type: 'object' }, headers);
  return refusal(description, errorBody(status, version, {}), headers);
}

function refusal(
  description: string,
  json: DocumentSchema,
  headers: NonNullable<ResponseObject['headers']>,
): ResponseObject {
  const text: DocumentSchema = { type: 'string' };
  return {
    description,
    headers,
    content: {
      'application/json': { schema: json },
      'text/html; charset=UTF-8': { schema: text },
      'text/plain; charset=UTF-8': { schema: text },
    },
  };
}

/** Exactly one error. Null: the microversion is not known yet, so there is no code. */
function errorBody(
  status: number,
  version: Microversion | null,
  more: Readonly<Record<string, DocumentSchema>>,
): DocumentSchema {
  const error = closed(
    {
      status: { const: status },
      title: { const: STATUS_CODES[status] ?? 'Error' },
      detail: { type: 'string', pattern: DETAIL_PATTERN },
      ...(version !== null && version >= CODE_SINCE ? { code: { enum: ERROR_CODES } } : {}),
      ...more,
      request_id: { type: 'string', pattern: REQUEST_ID_PATTERN },
    },
    'Error',
  );
  const required = BEFORE_NEGOTIATION.has(status) ? error.required?.filter((name) => name !== 'code') : error.required;
  const exact = required === undefined ? error : { ...error, required };
  return closed({ errors: { type: 'array', items: exact, minItems: 1, maxItems: 1 } });
}

function negotiated(): NonNullable<ResponseObject['headers']> {
  return { 'openstack-api-version': header('Version'), vary: header('Vary'), ...unnegotiated() };
}

function unnegotiated(): NonNullable<ResponseObject['headers']> {
  return { 'x-openstack-request-id': header('RequestId') };
}

function header(name: string): Reference {
  return { $ref: `#/components/headers/${name}` };
}

/** The name of the shared response of an error status: `NotFound` for 404. */
export function errorName(status: number): string {
  return (STATUS_CODES[status] ?? `Status${status}`).replaceAll(/[^A-Za-z]/g, '');
}
