// Values in failure texts are written as Python writes them (http-api §2.4), on one line and never without end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LITERAL_MAX, pythonLiteral, pythonLiterals } from '../../../src/http/validation/python-literal.ts';

const literals: readonly (readonly [value: unknown, literal: string])[] = [
  ['a', "'a'"],
  ['', "''"],
  ["it's", `"it's"`],
  [`"it's"`, `'"it\\'s"'`],
  ['say "x"', `'say "x"'`],
  ['a\\b', "'a\\\\b'"],
  ['a\nb\r\tc', "'a\\nb\\r\\tc'"],
  ['\u0000\u007f\u00a0', "'\\x00\\x7f\\xa0'"],
  ['\u2028', "'\\u2028'"],
  ['\ud800', "'\\ud800'"],
  ['☃ 🏔', "'☃ 🏔'"],
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
  [5, '5'],
  [-1.5, '-1.5'],
  [3.40282e38, '3.40282e+38'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [[], '[]'],
  [['a', 1, null], "['a', 1, None]"],
  [{}, '{}'],
  [{ k: 1, l: { m: [true] } }, "{'k': 1, 'l': {'m': [True]}}"],
  [JSON.parse('{"__proto__": 1}'), "{'__proto__': 1}"],
];

for (const [value, literal] of literals) {
  test(`${JSON.stringify(value)} is written ${literal}`, () => {
    assert.equal(pythonLiteral(value), literal);
  });
}

test('several values are a list without brackets', () => {
  assert.equal(pythonLiterals(['a', 2]), "'a', 2");
});

test('a huge value is cut', () => {
  const huge = [
    'x'.repeat(1_000_000),
    Array(1_000_000).fill(1),
    Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n])),
    nested(100_000),
  ];
  for (const value of huge) {
    const literal = pythonLiteral(value);
    assert.ok(literal.length <= LITERAL_MAX + 12, `${literal.length} characters`);
    assert.match(literal, /…$/);
  }
});

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
