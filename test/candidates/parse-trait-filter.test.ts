// The filters of a trait list out of its query (http-api §7.1).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraitFilter, type TraitFilter } from '../../src/candidates/parse-trait-filter.ts';
import { assertRefused } from '../http/validation/refusal.ts';

type Pair = readonly [string, string];

const parsed: readonly (readonly [pairs: readonly Pair[], filter: Partial<TraitFilter>])[] = [
  [[], {}],
  [[['name', 'in:A,B']], { names: ['A', 'B'] }],
  [[['name', 'in:A:B']], { names: ['A:B'] }],
  [[['name', 'in:']], { names: [''] }],
  [[['name', 'startswith:CUSTOM_%']], { prefix: 'CUSTOM_%' }],
  [[['name', 'startswith:']], { prefix: '' }],
  [[['name', 'bogus:x']], {}],
  [[['name', 'IN:A']], {}],
  [[['name', ':']], {}],
  [[['name', '__proto__:x']], {}],
  [[['associated', 'true']], { associated: true }],
  [[['associated', 'FALSE']], { associated: false }],
  [
    [
      ['associated', 'True'],
      ['name', 'in:A'],
    ],
    { names: ['A'], associated: true },
  ],
  [
    [
      ['name', 'in_abc'],
      ['name', 'in:A'],
    ],
    { names: ['A'] },
  ],
];

for (const [pairs, filter] of parsed) {
  test(`${JSON.stringify(pairs)} is ${JSON.stringify(filter)}`, () => {
    assert.deepEqual(parseTraitFilter(pairs), { names: null, prefix: null, associated: null, ...filter });
  });
}

const NAME =
  'Badly formatted name parameter. Expected name query string parameter in form: ' +
  '?name=[in|startswith]:[name1,name2|prefix]. Got: ';
const ASSOCIATED = 'The query parameter "associated" only accepts "true" or "false"';

const refused: readonly (readonly [pairs: readonly Pair[], text: string])[] = [
  [[['name', 'in_abc']], `${NAME}"in_abc"`],
  [[['name', '']], `${NAME}""`],
  [[['associated', '']], ASSOCIATED],
  [[['associated', 'yes']], ASSOCIATED],
  [[['associated', ' true']], ASSOCIATED],
  [
    [
      ['associated', 'yes'],
      ['name', 'x'],
    ],
    `${NAME}"x"`,
  ],
];

for (const [pairs, text] of refused) {
  test(`${JSON.stringify(pairs)} is refused`, () => {
    assertRefused(() => parseTraitFilter(pairs), text);
  });
}
