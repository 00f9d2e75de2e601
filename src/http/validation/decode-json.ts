// Decodes a JSON body (http-api §1.6). JSON.parse does the grammar: NaN and Infinity are not JSON, the last of
// duplicate keys wins, `__proto__` is a key like any other, a number too large becomes Infinity. On top of that,
// what could not be handled or stored safely is refused: deep nesting, halves of characters, NUL characters.

import { excerpt } from '../../domain/errors/excerpt.ts';
import { jsonTooDeep } from '../../domain/errors/http.ts';
import { jsonMalformed } from '../../domain/errors/validation.ts';
import { isJsonArray, isJsonObject } from './json-value.ts';

/** Levels of arrays and objects within each other, unless the operator allows more; no body of the API has more than 6. */
export const JSON_DEPTH_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

// A BOM is kept, so that JSON.parse refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value of a JSON body. Throws 400 `Malformed JSON: …`. */
export function decodeJson(bytes: Buffer | string, depthMax: number = JSON_DEPTH_MAX): unknown {
  const text = typeof bytes === 'string' ? bytes : decodeUtf8(bytes);
  refuseDepth(text, depthMax);
  const value = parse(text);
  // Valid UTF-8 has no halves of characters, and JSON no bare NUL: either can only have been written as an escape.
  if (typeof bytes === 'string' || text.includes('\\u')) refuseUnsafe(value);
  return value;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw jsonMalformed({ reason: 'the body is not valid UTF-8' });
  }
}

function parse(text: string): unknown {
  if (text === '') throw jsonMalformed({ reason: 'the body is empty' });
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own text repeats a few characters around the fault at most.
    throw jsonMalformed({ reason: error instanceof SyntaxError ? excerpt(error.message) : 'the body cannot be read' });
  }
}

/**
 * Refuses deep nesting before anything is built: parsing ten megabytes of brackets would hold up everybody for a second
 * and take half a gigabyte. Whether the text is JSON at all is not looked at.
 */
function refuseDepth(text: string, depthMax: number): void {
  let depth = 0;
  let isInString = false;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (isInString) {
      if (unit === BACKSLASH) position++;
      else if (unit === QUOTE) isInString = false;
    } else if (unit === QUOTE) {
      isInString = true;
    } else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      if (++depth > depthMax) throw jsonTooDeep({ setting: '[berth] json_depth_max', limit: depthMax });
    } else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) {
      depth--;
    }
  }
}

/** Recursion is bounded by the depth that was allowed. */
function refuseUnsafe(value: unknown): void {
  if (typeof value === 'string') {
    refuseUnsafeText(value);
  } else if (isJsonArray(value)) {
    for (const item of value) refuseUnsafe(item);
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      refuseUnsafeText(key);
      refuseUnsafe(value[key]);
    }
  }
}

/** Half a character has no UTF-8 form, and PostgreSQL stores no NUL: neither would come back as it was sent. */
function refuseUnsafeText(text: string): void {
  if (!text.isWellFormed()) throw jsonMalformed({ reason: 'a string has an unpaired surrogate' });
  if (text.includes('\0')) throw jsonMalformed({ reason: 'a string has a NUL character' });
}
