// Decodes a JSON body (http-api §1.6). JSON.parse does the grammar: NaN and Infinity are not JSON, the last of
// duplicate keys wins, `__proto__` is a key like any other, a number too large becomes Infinity. On top of that,
// what could not be handled or stored safely is refused: deep nesting, halves of characters, NUL characters.

import { excerpt } from '../../domain/errors/excerpt.ts';
import { jsonMalformed } from '../../domain/errors/validation.ts';
import { isJsonArray, isJsonObject } from './json-value.ts';

/** Levels of arrays and objects; no body of the API has more than 6. */
export const JSON_DEPTH_MAX = 64;

// A BOM is kept, so that JSON.parse refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value of a JSON body. Throws 400 `Malformed JSON: …`. */
export function decodeJson(bytes: Buffer | string): unknown {
  const value = parse(typeof bytes === 'string' ? bytes : decodeUtf8(bytes));
  refuseUnsafe(value, JSON_DEPTH_MAX);
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

/** Recursion is bounded by the depth that is left. */
function refuseUnsafe(value: unknown, depthLeft: number): void {
  if (typeof value === 'string') {
    refuseUnsafeText(value);
  } else if (isJsonArray(value)) {
    refuseDepth(depthLeft);
    for (const item of value) refuseUnsafe(item, depthLeft - 1);
  } else if (isJsonObject(value)) {
    refuseDepth(depthLeft);
    for (const key of Object.keys(value)) {
      refuseUnsafeText(key);
      refuseUnsafe(value[key], depthLeft - 1);
    }
  }
}

function refuseDepth(depthLeft: number): void {
  if (depthLeft === 0) throw jsonMalformed({ reason: `nested more than ${JSON_DEPTH_MAX} levels deep` });
}

/** Half a character has no UTF-8 form, and PostgreSQL stores no NUL: neither would come back as it was sent. */
function refuseUnsafeText(text: string): void {
  if (!text.isWellFormed()) throw jsonMalformed({ reason: 'a string has an unpaired surrogate' });
  if (text.includes('\0')) throw jsonMalformed({ reason: 'a string has a NUL character' });
}
