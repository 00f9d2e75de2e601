// JSON values written as Python writes them: existing clients and tests compare failure texts in that notation
// (http-api §2.4). A literal is one line and stops growing at a bound, so a hostile value costs no more than that.

import { isJsonArray, isJsonObject, type JsonObject } from './json-value.ts';

/** Longest literal before it is cut, in UTF-16 code units (plus at most one escape and the ellipsis). */
export const LITERAL_MAX = 1000;

/** The value in Python literal notation: `'a'`, `None`, `True`, `5`, `['a', 1]`, `{'k': 1}`; cut with `…` after `max`. */
export function pythonLiteral(value: unknown, max: number = LITERAL_MAX): string {
  const writer = new LiteralWriter(max);
  writer.value(value);
  return writer.text();
}

/** Several values as literals, comma-separated and without brackets; bounded together. */
export function pythonLiterals(values: Iterable<unknown>, max: number = LITERAL_MAX): string {
  const writer = new LiteralWriter(max);
  writer.list(values);
  return writer.text();
}

/** Owns the room that is left. Recursion ends with the room: every level of nesting writes at least a bracket. */
class LiteralWriter {
  readonly #max: number;
  #written = '';

  constructor(max: number) {
    this.#max = max;
  }

  text(): string {
    return this.#full() ? `${this.#written}…` : this.#written;
  }

  value(value: unknown): void {
    if (value === null || value === undefined) this.#write('None');
    else if (value === true) this.#write('True');
    else if (value === false) this.#write('False');
    else if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') this.#write(number(value));
    else if (isJsonArray(value)) this.#array(value);
    else if (isJsonObject(value)) this.#object(value);
  }

  list(values: Iterable<unknown>): void {
    let first = true;
    for (const value of values) {
      if (this.#full()) return;
      if (!first) this.#write(', ');
      first = false;
      this.value(value);
    }
  }

  #array(items: readonly unknown[]): void {
    this.#write('[');
    this.list(items);
    this.#write(']');
  }

  #object(object: JsonObject): void {
    this.#write('{');
    let first = true;
    // Not Object.entries: a million members must not be copied to show the first few.
    for (const key in object) {
      if (this.#full()) return;
      if (!first) this.#write(', ');
      first = false;
      this.#string(key);
      this.#write(': ');
      this.value(object[key]);
    }
    this.#write('}');
  }

  #string(text: string): void {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    this.#write(quote);
    for (const character of text) {
      if (this.#full()) return;
      this.#write(character === quote ? `\\${quote}` : escaped(character));
    }
    this.#write(quote);
  }

  #full(): boolean {
    return this.#written.length > this.#max;
  }

  #write(text: string): void {
    if (!this.#full()) this.#written += text;
  }
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? 'inf' : '-inf';
}

const SHORT_ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

// Controls, separators other than the blank, and lone surrogates: what Python does not print.
const UNPRINTABLE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u;

function escaped(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (character === ' ' || !UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
