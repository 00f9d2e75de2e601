// The one place where errors become HTTP (http-api §1.10 to §1.12). Whatever is not of the catalogue is a 500 that
// says nothing: its message could carry SQL, paths or other people's identifiers.

import { STATUS_CODES } from 'node:http';
import { BerthError, type ErrorStatus } from '../domain/errors/declare.ts';
import { EXCERPT_MAX } from '../domain/errors/excerpt.ts';
import { unexpectedFailure } from '../domain/errors/http.ts';
import type { Microversion } from '../domain/microversion.ts';
import { type ErrorFormat, errorFormat } from './accept.ts';
import { answerBody, type HttpAnswer } from './incoming.ts';
import { VERSION_MAX, VERSION_MIN } from './version-document.ts';

/**
 * The command-line client shows what follows the last newline, so a message must be one line. And it shows it on a
 * terminal, to which other control characters, in a name that someone else chose, would be commands.
 */
const NOT_ONE_LINE = /[\p{Cc}\u2028\u2029]+/gu;

/** Longest message in UTF-16 code units: four of the longest pieces that an error repeats of a request. */
const MESSAGE_MAX = 4 * EXCERPT_MAX;

/** What an error answer needs to know of its request. */
export interface ErrorContext {
  readonly requestId: string;
  readonly method: string;
  /** The header `accept`, undefined when absent. */
  readonly accept: string | undefined;
  /** Null before a version was negotiated. */
  readonly version: Microversion | null;
}

/** First microversion whose errors have a `code`. */
const CODE_SINCE = 23;

const CONTENT_TYPES: Readonly<Record<ErrorFormat, string>> = {
  json: 'application/json',
  html: 'text/html; charset=UTF-8',
  plain: 'text/plain; charset=UTF-8',
};

/** The error itself when it is of the catalogue, otherwise the one that stands for all others. */
export function asBerthError(thrown: unknown): BerthError {
  return thrown instanceof BerthError ? thrown : unexpectedFailure({});
}

/** An error as an answer, in the form that the client prefers. */
export function errorAnswer(error: BerthError, context: ErrorContext): HttpAnswer {
  const format = errorFormat(context.accept);
  const title = STATUS_CODES[error.status] ?? 'Error';
  const lead = leadSentence(error.status, context.method);
  const message = shown(error.message);
  const text = renderers[format]({ error, title, lead, message, context });
  return {
    status: error.status,
    headers: { 'content-type': CONTENT_TYPES[format] },
    body: answerBody(text),
  };
}

/** One line of bounded length, whatever a client's text in it is. */
function shown(message: string): string {
  const short = message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message;
  return short.toWellFormed().replace(NOT_ONE_LINE, ' ');
}

interface ErrorText {
  readonly error: BerthError;
  readonly title: string;
  readonly lead: string;
  readonly message: string;
  readonly context: ErrorContext;
}

const renderers: Readonly<Record<ErrorFormat, (text: ErrorText) => string>> = {
  json({ error, title, lead, message, context }) {
    const { version, requestId } = context;
    return JSON.stringify({
      errors: [
        {
          status: error.status,
          title,
          detail: `${lead}\n\n ${message}  `,
          ...(version !== null && version >= CODE_SINCE ? { code: error.code } : {}),
          // Clients that asked for too new a version read here what they may fall back to (http-api §1.8).
          ...(error.kind === 'http.version_unacceptable' ? { max_version: VERSION_MAX, min_version: VERSION_MIN } : {}),
          request_id: requestId,
        },
      ],
    });
  },
  html({ error, title, lead, message }) {
    const heading = `${error.status} ${title}`;
    return [
      '<!DOCTYPE html>',
      `<html><head><title>${heading}</title></head>`,
      `<body><h1>${heading}</h1>`,
      `<p>${escapeHtml(lead)}</p>`,
      `<p>${escapeHtml(message)}</p>`,
      '</body></html>',
      '',
    ].join('\n');
  },
  plain({ error, title, lead, message }) {
    return `${error.status} ${title}\n\n${lead}\n\n${message}\n`;
  },
};

/** The texts for 404 and 405 are exact in the reference; the others are ours (http-api §1.11). */
function leadSentence(status: ErrorStatus, method: string): string {
  switch (status) {
    case 400:
      return 'The server could not comply with the request since it is either malformed or otherwise incorrect.';
    case 401:
      return 'The server could not verify that the caller may access the resource.';
    case 403:
      return 'Access was denied to this resource.';
    case 404:
      return 'The resource could not be found.';
    case 405:
      return `The method ${method} is not allowed for this resource.`;
    case 406:
      return 'No answer could be made that the request accepts.';
    case 408:
      return 'The request took too long to arrive.';
    case 409:
      return 'The request conflicts with the present state of the resource.';
    case 413:
      return 'The body of the request is too large.';
    case 414:
      return 'The address of the request is too long.';
    case 415:
      return 'The media type of the request is not supported by this resource.';
    case 431:
      return 'The headers of the request are too large.';
    case 500:
      return 'The server failed at the request.';
    case 503:
      return 'The server cannot serve the request at the moment.';
  }
}

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#x27;'],
]);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES.get(character) ?? character);
}
