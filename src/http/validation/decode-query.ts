// Decodes a query string as `application/x-www-form-urlencoded` (http-api §1.16). The result is a list of pairs, never
// an object: names are the client's, may repeat, and their order decides which of several errors is reported.

import { queryInvalid } from '../../domain/errors/validation.ts';
import type { QueryPairs } from '../operation.ts';

// A BOM is kept: it is a character of the value.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const PERCENT = 0x25;

/**
 * The pairs of a raw query string (without `?`), as an HTTP parser gives it: percent-encoded, or with one character
 * per byte. A `%` without two hex digits stands for itself. Throws 400 `Invalid query string parameters: …` when a
 * name or value is not UTF-8 or has a NUL character.
 */
export function decodeQuery(rawQueryString: string): QueryPairs {
  const pairs: (readonly [string, string])[] = [];
  for (const piece of rawQueryString.split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = equals === -1 ? piece : piece.slice(0, equals);
    const value = equals === -1 ? '' : piece.slice(equals + 1);
    pairs.push([decodeComponent(name), decodeComponent(value)]);
  }
  return pairs;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is among the characters that need no decoding here.
const PLAIN = /^[\u0000-\u0024\u0026-\u007f]*$/;

function decodeComponent(encoded: string): string {
  const spaced = encoded.replaceAll('+', ' ');
  const text = PLAIN.test(spaced) ? spaced : decodeUtf8(percentDecoded(spaced));
  // PostgreSQL knows no NUL in text: refused here, it is refused alike on every database.
  if (text.includes('\0')) throw queryInvalid({ failure: 'a parameter has a NUL character' });
  return text;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw queryInvalid({ failure: 'a parameter is not valid UTF-8' });
  }
}

function percentDecoded(text: string): Buffer {
  const bytes = rawBytes(text);
  let length = 0;
  for (let position = 0; position < bytes.length; position += 1) {
    const byte = bytes[position] ?? 0;
    const decoded = byte === PERCENT ? hexPair(bytes, position + 1) : undefined;
    bytes[length] = decoded ?? byte;
    length += 1;
    if (decoded !== undefined) position += 2;
  }
  return bytes.subarray(0, length);
}

/** Text from the HTTP parser has one character per byte; text with any other character is encoded as UTF-8. */
function rawBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return bytes.toString('latin1') === text ? bytes : Buffer.from(text, 'utf8');
}

function hexPair(bytes: Buffer, position: number): number | undefined {
  const high = hexDigit(bytes[position]);
  const low = hexDigit(bytes[position + 1]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? undefined : digit;
}
