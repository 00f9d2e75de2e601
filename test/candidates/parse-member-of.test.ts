// The grammar of `member_of` by microversion (http-api §2.8).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMemberOf } from '../../src/candidates/parse-member-of.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { assertRefused } from '../http/validation/refusal.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const C = 'CCCCCCCC000040008000000000000003';

interface Parsed {
  readonly minor: number;
  readonly values: readonly string[];
  readonly anyOf: readonly (readonly string[])[];
  readonly forbidden?: readonly string[];
}

const parsed: readonly Parsed[] = [
  { minor: 3, values: [], anyOf: [] },
  { minor: 3, values: [A], anyOf: [[A]] },
  { minor: 3, values: [C], anyOf: [[C]] },
  { minor: 3, values: [`{${A}}`], anyOf: [[`{${A}}`]] },
  { minor: 3, values: [`in:${A}`], anyOf: [[A]] },
  { minor: 3, values: [`in:${A},${B}`], anyOf: [[A, B]] },
  { minor: 24, values: [A, `in:${B},${C}`], anyOf: [[A], [B, C]] },
  { minor: 32, values: [`!${A}`], anyOf: [], forbidden: [A] },
  { minor: 32, values: [`!in:${A},${B}`, C, `!${C}`], anyOf: [[C]], forbidden: [A, B, C] },
];

for (const { minor, values, anyOf, forbidden = [] } of parsed) {
  test(`1.${minor}: ${JSON.stringify(values)} is parsed`, () => {
    assert.deepEqual(parseMemberOf(values, '', microversion(minor)), { anyOf, forbidden });
  });
}

const UNPREFIXED =
  "Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid microversion.";
const NOT_UUID = "Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s).";
const FORBIDDEN = 'Forbidden member_of parameters are not supported in the specified microversion';

const refused: readonly (readonly [minor: number, values: readonly string[], text: string])[] = [
  [23, [A, B], 'Multiple member_of parameters are not supported'],
  [23, ['x', 'y'], 'Multiple member_of parameters are not supported'],
  [39, [`${A},${B}`], `${UNPREFIXED} Got: ${A},${B}`],
  [39, [`!${A},${B}`], UNPREFIXED],
  [39, [`IN:${A},${B}`], UNPREFIXED],
  [39, [','], UNPREFIXED],
  [39, [''], NOT_UUID],
  [39, ['x'], `${NOT_UUID} Got: x`],
  [39, [`${A} `], NOT_UUID],
  [39, ['in:'], `${NOT_UUID} Got: `],
  [39, [`in:${A},`], NOT_UUID],
  [39, [`in:${A},!${B}`], `${NOT_UUID} Got: !${B}`],
  [39, [`!!${A}`], `${NOT_UUID} Got: !${A}`],
  [39, ['!'], NOT_UUID],
  [39, ['!in:'], NOT_UUID],
  [39, [A, 'x'], NOT_UUID],
  [31, [`!${A}`], FORBIDDEN],
  [31, [`!in:${A},${B}`], FORBIDDEN],
  [31, ['!x'], NOT_UUID],
  [31, [`!${A}`, 'x'], FORBIDDEN],
];

for (const [minor, values, text] of refused) {
  test(`1.${minor}: ${JSON.stringify(values)} is refused`, () => {
    assertRefused(() => parseMemberOf(values, '', microversion(minor)), text);
  });
}

test('errors about repetition and forbidden aggregates name the suffix', () => {
  assertRefused(() => parseMemberOf([A, B], '3', microversion(23)), 'Multiple member_of3 parameters are not supported');
  assertRefused(() => parseMemberOf([`!${A}`], '3', microversion(31)), 'Forbidden member_of3 parameters');
});
