// How a query string is decoded (http-api §1.16).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeQuery } from '../../../src/http/validation/decode-query.ts';
import { assertRefused } from './refusal.ts';

const decoded: readonly (readonly [raw: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['', []],
  ['a=1', [['a', '1']]],
  ['&a=1', [['a', '1']]],
  [
    'a=1&&b=2&',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['=1', [['', '1']]],
  ['=', [['', '']]],
  ['a=b=c', [['a', 'b=c']]],
  [
    'a=1&a=2&b=3&a=4',
    [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
      ['a', '4'],
    ],
  ],
  ['a+b=c+d', [['a b', 'c d']]],
  ['a=1%2B1', [['a', '1+1']]],
  ['resources=VCPU:1,DISK_GB:10%20', [['resources', 'VCPU:1,DISK_GB:10 ']]],
  ['%61%3d=%26', [['a=', '&']]],
  ['name=%e2%98%83', [['name', '☃']]],
  ['name=%F0%9F%8F%94', [['name', '🏔']]],
  ['name=\u00e2\u0098\u0083', [['name', '☃']]],
  ['name=☃', [['name', '☃']]],
  ['name=%EF%BB%BFx', [['name', '\ufeffx']]],
  ['a=%', [['a', '%']]],
  ['a=%4', [['a', '%4']]],
  ['a=%zz%+1%-1', [['a', '%zz% 1%-1']]],
  ['a=1;b=2', [['a', '1;b=2']]],
  ['a=%0a', [['a', '\n']]],
  [
    '__proto__=1&constructor=2',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
];

for (const [raw, pairs] of decoded) {
  test(`${JSON.stringify(raw)} is ${JSON.stringify(pairs)}`, () => {
    assert.deepEqual(decodeQuery(raw), pairs);
  });
}

for (const raw of ['a=%ff', '%ff=a', 'a=%ed%a0%80', 'a=%c3', 'a=\u00e9', 'a=%00', 'a=\0', '%00=1', 'b=1&a=%f0%9f']) {
  test(`${JSON.stringify(raw)} is refused`, () => {
    assertRefused(() => decodeQuery(raw), 'Invalid query string parameters');
  });
}

test('a hundred thousand parameters are decoded', () => {
  assert.equal(decodeQuery('a=%31&'.repeat(100_000)).length, 100_000);
});
