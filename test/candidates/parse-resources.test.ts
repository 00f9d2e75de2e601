// The grammar of `resources` (http-api §2.6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResources } from '../../src/candidates/parse-resources.ts';
import { assertRefused } from '../http/validation/refusal.ts';

const FORM =
  'Badly formed resources parameter. Expected resources query string parameter in form: ' +
  '?resources=VCPU:2,MEMORY_MB:1024. ';

const parsed: readonly (readonly [value: string, amounts: Readonly<Record<string, number>>])[] = [
  ['VCPU:1', { VCPU: 1 }],
  ['VCPU:2,MEMORY_MB:1024', { VCPU: 2, MEMORY_MB: 1024 }],
  ['VCPU:1,DISK_GB:10 ', { VCPU: 1, DISK_GB: 10 }],
  ['VCPU: 1 ,DISK_GB:\t2', { VCPU: 1, DISK_GB: 2 }],
  ['VCPU:+3', { VCPU: 3 }],
  ['VCPU:007', { VCPU: 7 }],
  ['VCPU:1,DISK_GB:2,VCPU:3', { VCPU: 3, DISK_GB: 2 }],
  ['VCPU:1, DISK_GB:1', { VCPU: 1, ' DISK_GB': 1 }],
  [':1', { '': 1 }],
  ['constructor:1', { constructor: 1 }],
  ['VCPU:2147483647', { VCPU: 2147483647 }],
  ['VCPU:2147483648', { VCPU: Number.POSITIVE_INFINITY }],
  [`VCPU:${'9'.repeat(10_000)}`, { VCPU: Number.POSITIVE_INFINITY }],
];

for (const [value, amounts] of parsed) {
  test(`${JSON.stringify(value.slice(0, 60))} is ${JSON.stringify(amounts)}`, () => {
    const expected = Object.entries(amounts).map(([resourceClass, amount]) => ({ resourceClass, amount }));
    assert.deepEqual(parseResources(value), expected);
  });
}

test('__proto__ is a class name like any other', () => {
  assert.deepEqual(parseResources('__proto__:1'), [{ resourceClass: '__proto__', amount: 1 }]);
});

const refused: readonly (readonly [value: string, text: string])[] = [
  ['', `${FORM}Got: empty string.`],
  ['  ', `${FORM}Got: empty string.`],
  ['VCPU', `${FORM}Got: VCPU.`],
  ['VCPU:1:2', `${FORM}Got: VCPU:1:2.`],
  ['VCPU:1,', `${FORM}Got: .`],
  [',VCPU:1', `${FORM}Got: .`],
  ['VCPU:fred', 'Requested resource VCPU expected positive integer amount. Got: fred.'],
  ['VCPU:', 'Requested resource VCPU expected positive integer amount. Got: .'],
  ['VCPU:1.5', 'Requested resource VCPU expected positive integer amount. Got: 1.5.'],
  ['VCPU:1e3', 'Got: 1e3.'],
  ['VCPU:0x10', 'Got: 0x10.'],
  ['VCPU:1_000', 'Got: 1_000.'],
  ['VCPU:- 1', 'expected positive integer amount.'],
  ['VCPU:٣', 'expected positive integer amount.'],
  ['VCPU:0', 'Requested resource VCPU requires amount >= 1. Got: 0.'],
  ['VCPU:-0', 'requires amount >= 1. Got: 0.'],
  ['VCPU:-2', 'Requested resource VCPU requires amount >= 1. Got: -2.'],
  ['VCPU: -2 ', 'requires amount >= 1. Got: -2.'],
  [`VCPU:-${'9'.repeat(400)}`, 'requires amount >= 1. Got: -999'],
  ['A:0,B', 'Requested resource A requires amount >= 1.'],
  ['B,A:0', 'Got: B.'],
];

for (const [value, text] of refused) {
  test(`${JSON.stringify(value.slice(0, 60))} is refused`, () => {
    assertRefused(() => parseResources(value), text);
  });
}
