// What is JSON and what is not (http-api §1.6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJson, JSON_DEPTH_MAX } from '../../../src/http/validation/decode-json.ts';
import { refusal } from './refusal.ts';

const malformed: readonly (readonly [what: string, body: Buffer | string])[] = [
  ['an empty body', ''],
  ['an empty buffer', Buffer.alloc(0)],
  ['blanks', '  \n'],
  ['words', 'hi mom'],
  ['NaN', '{"a": NaN}'],
  ['Infinity', '{"a": Infinity}'],
  ['-Infinity', '[-Infinity]'],
  ['a trailing comma', '{"a": 1,}'],
  ['single quotes', "{'a': 1}"],
  ['two values', '{} {}'],
  ['an unfinished value', '{"a": [1, 2'],
  ['a newline inside a string', '{"a": "\n"}'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['half a character as a value', '{"a": "\\ud800"}'],
  ['half a character as a key', '{"\\udc00": 1}'],
  ['a NUL character in a value', '["a\\u0000b"]'],
  ['a NUL character in a key', '{"a\\u0000": 1}'],
  ['nesting that never ends', '['.repeat(100_000)],
  ['100,000 levels of arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['100,000 levels of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['a megabyte of words', 'x'.repeat(1_000_000)],
];

for (const [what, body] of malformed) {
  test(`${what} is malformed`, () => {
    for (const sent of [body, Buffer.from(body)]) {
      const { message } = refusal(() => decodeJson(sent));
      assert.match(message, /^Malformed JSON: ./);
      assert.ok(message.length < 300, message);
    }
  });
}

test('nesting is bounded', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.ok(decodeJson(nested(JSON_DEPTH_MAX)));
  assert.match(refusal(() => decodeJson(nested(JSON_DEPTH_MAX + 1))).message, /nested more than 64 levels deep/);
});

test('text and bytes are decoded alike', () => {
  const text = '{"name": "☃ 🏔", "numbers": [1, 2.5, null, true]}';
  const value = { name: '☃ 🏔', numbers: [1, 2.5, null, true] };
  assert.deepEqual(decodeJson(text), value);
  assert.deepEqual(decodeJson(Buffer.from(text)), value);
});

test('of duplicate keys the last one wins', () => {
  assert.deepEqual(decodeJson('{"a": 1, "b": 2, "a": 3}'), { a: 3, b: 2 });
});

test('__proto__ is a key like any other', () => {
  const value = decodeJson('{"__proto__": {"a": 1}}');
  assert.deepEqual(Object.keys(value ?? {}), ['__proto__']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test('a number too large to represent is infinite', () => {
  assert.deepEqual(decodeJson('[1e999, 5.0]'), [Number.POSITIVE_INFINITY, 5]);
});
