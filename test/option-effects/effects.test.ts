// Every option of the catalogue that is said to have an effect has it, in a service that has the option in its
// placement.conf (effect.ts). One that is added without a proof fails here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OPTIONS } from '../../src/config/options.ts';
import { EFFECTS, titleOf, unproved } from './all-effects.ts';

test('every option with an effect has a proof, once, and no proof is of anything else', () => {
  assert.deepEqual(unproved(), []);
  const effective = new Set(OPTIONS.filter(({ status }) => status === 'effective').map(titleOf));
  const proved = EFFECTS.flatMap(({ options }) => options);
  assert.deepEqual(
    proved.filter((title) => !effective.has(title)),
    [],
  );
  assert.equal(new Set(proved).size, proved.length);
});

for (const { options, shows, proof, skip = false } of EFFECTS) {
  const title = `${options.join(', ')}: ${shows}`;
  if (typeof proof === 'function') test(title, { skip }, proof);
  else {
    test(`${title} (${proof.file})`, () => {
      const source = readFileSync(new URL(`../../${proof.file}`, import.meta.url), 'utf8');
      assert.ok(source.includes(proof.title), `there is no test "${proof.title}" in ${proof.file}`);
    });
  }
}
