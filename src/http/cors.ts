// Cross-origin requests (http-api §1.17). A wrapper around everything else: with it on, OPTIONS is answered here and
// goes no further, and any other answer only gains headers.

import type { RequestHeaders } from '../auth/caller.ts';
import type { CorsSettings } from '../config/settings.ts';
import { type HttpAnswer, headerText } from './incoming.ts';

/** Header names that need no permission, in lower case. */
const SIMPLE_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-type',
  'cache-control',
  'content-language',
  'expires',
  'last-modified',
  'pragma',
]);

/** The answer to OPTIONS on any path: 200 without a body, and without CORS headers unless all that was asked is allowed. */
export function preflightAnswer(settings: CorsSettings, headers: RequestHeaders): HttpAnswer {
  const permission = preflightPermission(settings, headers);
  return { status: 200, headers: permission ?? {}, body: null };
}

/** The answer with the headers that let a page of an allowed origin read it. */
export function withCorsHeaders(settings: CorsSettings, headers: RequestHeaders, answer: HttpAnswer): HttpAnswer {
  const origin = allowedOrigin(settings, headers);
  if (origin === null) return answer;
  const { vary } = answer.headers;
  return {
    ...answer,
    headers: {
      ...answer.headers,
      vary: vary === undefined ? 'Origin' : `${vary}, Origin`,
      ...originHeaders(settings, origin),
      ...(settings.exposeHeaders.length === 0
        ? {}
        : { 'access-control-expose-headers': settings.exposeHeaders.join(',') }),
    },
  };
}

function preflightPermission(settings: CorsSettings, headers: RequestHeaders): Record<string, string> | null {
  const origin = allowedOrigin(settings, headers);
  const method = headerText(headers, 'access-control-request-method');
  if (origin === null || method === undefined || !settings.allowMethods.includes(method)) return null;
  const names = (headerText(headers, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (!names.every((name) => isAllowedHeader(settings, name))) return null;
  return {
    vary: 'Origin',
    ...originHeaders(settings, origin),
    'access-control-max-age': String(settings.maxAgeSeconds),
    'access-control-allow-methods': method,
    ...(names.length === 0 ? {} : { 'access-control-allow-headers': names.join(',') }),
  };
}

/** What to name as the allowed origin: the request's own, or `*` where all are; null when it is not allowed. */
function allowedOrigin(settings: CorsSettings, headers: RequestHeaders): string | null {
  const origin = headerText(headers, 'origin');
  if (origin === undefined) return null;
  if (settings.allowedOrigins.includes(origin)) return origin;
  return settings.allowedOrigins.includes('*') ? '*' : null;
}

function originHeaders(settings: CorsSettings, origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    ...(settings.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}

function isAllowedHeader(settings: CorsSettings, name: string): boolean {
  const wanted = name.toLowerCase();
  return SIMPLE_HEADERS.has(wanted) || settings.allowHeaders.some((allowed) => allowed.toLowerCase() === wanted);
}
