// The grammar of `required` and `root_required` by microversion (http-api §2.7).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequired, parseRootRequired } from '../../src/candidates/parse-required.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { assertRefused } from '../http/validation/refusal.ts';

interface Parsed {
  readonly minor: number;
  readonly values: readonly string[];
  readonly anyOf: readonly (readonly string[])[];
  readonly forbidden?: readonly string[];
}

const parsed: readonly Parsed[] = [
  { minor: 17, values: [], anyOf: [] },
  { minor: 17, values: ['A'], anyOf: [['A']] },
  { minor: 17, values: ['A,B'], anyOf: [['A'], ['B']] },
  { minor: 17, values: ['A,B '], anyOf: [['A'], ['B']] },
  { minor: 17, values: [' A , B'], anyOf: [['A'], ['B']] },
  { minor: 22, values: ['A,!B'], anyOf: [['A']], forbidden: ['B'] },
  { minor: 22, values: ['!!!T,! U'], anyOf: [], forbidden: ['T', 'U'] },
  { minor: 22, values: ['A,!A'], anyOf: [['A']], forbidden: ['A'] },
  { minor: 38, values: ['A', 'B'], anyOf: [['B']] },
  { minor: 38, values: ['in:', 'A,,', 'B'], anyOf: [['B']] },
  { minor: 39, values: ['A', '!B', 'C'], anyOf: [['A'], ['C']], forbidden: ['B'] },
  { minor: 39, values: ['in:A,B'], anyOf: [['A', 'B']] },
  { minor: 39, values: ['in: A , B '], anyOf: [['A', 'B']] },
  { minor: 39, values: ['in:A', 'in:B,C', '!D,E'], anyOf: [['A'], ['B', 'C'], ['E']], forbidden: ['D'] },
  { minor: 39, values: ['A,in:B'], anyOf: [['A'], ['in:B']] },
  { minor: 39, values: ['IN:A'], anyOf: [['IN:A']] },
  { minor: 39, values: ['!in:A'], anyOf: [], forbidden: ['in:A'] },
  { minor: 39, values: ['__proto__,constructor'], anyOf: [['__proto__'], ['constructor']] },
];

for (const { minor, values, anyOf, forbidden = [] } of parsed) {
  test(`1.${minor}: ${JSON.stringify(values)} wants ${JSON.stringify({ anyOf, forbidden })}`, () => {
    assert.deepEqual(parseRequired(values, microversion(minor)), { anyOf, forbidden });
  });
}

const EXPECTED = "Invalid query string parameters: Expected 'required' parameter value of the form: ";
const OLD_FORM = `${EXPECTED}HW_CPU_X86_VMX,CUSTOM_MAGIC.`;
const FORM = `${EXPECTED}HW_CPU_X86_VMX,!CUSTOM_MAGIC.`;
const ANY_OF = "The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC'";
const ANY_OF_TOO_NEW = `Invalid query string parameters: ${ANY_OF} only supported since microversion 1.39.`;

const refused: readonly (readonly [minor: number, values: readonly string[], text: string])[] = [
  [17, [''], `${OLD_FORM} Got an empty trait in: `],
  [21, ['A,,B'], `${OLD_FORM} Got an empty trait in: A,,B`],
  [21, ['A,'], OLD_FORM],
  [21, ['!'], OLD_FORM],
  [22, [''], FORM],
  [22, ['A,,B'], `${FORM} Got an empty trait in: A,,B`],
  [22, ['!'], FORM],
  [22, ['!!'], FORM],
  [39, ['A, ,B'], FORM],
  [39, ['A,'], FORM],
  [39, ['', 'A'], FORM],
  [21, ['!STORAGE_DISK_SSD'], `${OLD_FORM} Got: !STORAGE_DISK_SSD`],
  [21, ['A,!B'], `${OLD_FORM} Got: A,!B`],
  [17, ['in:A,B'], `${ANY_OF_TOO_NEW} Got: in:A,B`],
  [38, ['in:A'], `${ANY_OF_TOO_NEW} Got: in:A`],
  [38, ['in:'], ANY_OF_TOO_NEW],
  [39, ['in:'], `${EXPECTED}in:HW_CPU_X86_VMX,CUSTOM_MAGIC. Got an empty trait in: in:`],
  [39, ['in:A,,B'], 'Got an empty trait in: in:A,,B'],
  [39, ['in:A,!B'], `${ANY_OF} does not support forbidden traits. Got: in:A,!B`],
];

for (const [minor, values, text] of refused) {
  test(`1.${minor}: ${JSON.stringify(values)} is refused`, () => {
    assertRefused(() => parseRequired(values, microversion(minor)), text);
  });
}

test('root_required takes traits and forbidden traits', () => {
  assert.deepEqual(parseRootRequired('A,!B, C '), { required: ['A', 'C'], forbidden: ['B'] });
});

test('root_required never takes in:', () => {
  assertRefused(() => parseRootRequired('in:A,B'), ANY_OF_TOO_NEW);
});

test('root_required has no empty elements', () => {
  for (const value of ['', 'A,,B', 'A,', '!']) assertRefused(() => parseRootRequired(value), FORM);
});
