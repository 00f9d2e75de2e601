// What the recorded examples of the provider filters leave open: the order of the answer, and which early empty answer
// hides which unknown name (allocation-candidates §8).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askProviders, modelOf } from './ask.ts';
import { smallWorld } from './small-world.ts';

const TREE = '11111111-0000-4000-8000-000000000001';
const NOBODY = '99999999-0000-4000-8000-000000000009';
const AGGREGATE = 'aaaaaaaa-0000-4000-8000-000000000001';

const model = modelOf(
  smallWorld([
    { name: 'first', has: { VCPU: 4 }, traits: ['CUSTOM_T1'] },
    { name: TREE, has: { VCPU: 8 }, traits: ['CUSTOM_T2'], aggregates: [AGGREGATE] },
    { name: 'child', parent: TREE, has: { VCPU: 2 } },
    { name: 'elsewhere', traits: ['CUSTOM_T3', 'CUSTOM_T4'] },
  ]),
);
const ask = (queryString: string): readonly string[] => askProviders(model, queryString, '1.39');

test('the answer is in order of creation', () => {
  assert.deepEqual(ask('resources=VCPU:1'), ['first', TREE, 'child']);
});

test('an unknown tree hides everything after it', () => {
  assert.deepEqual(ask(`in_tree=${NOBODY}&required=CUSTOM_NOPE&resources=NOPE:1`), []);
});

test('required traits that nobody has together hide a forbidden one and a class that nobody knows', () => {
  assert.deepEqual(ask('required=CUSTOM_T1,CUSTOM_T2,!CUSTOM_NOPE&resources=NOPE:1'), []);
  assert.throws(() => ask('required=CUSTOM_T1,!CUSTOM_NOPE'), /No such trait\(s\): CUSTOM_NOPE\./);
});

test('aggregates that nobody has hide a class that nobody knows, but no trait', () => {
  assert.deepEqual(ask(`member_of=${NOBODY}&resources=NOPE:1`), []);
  assert.throws(() => ask(`member_of=${NOBODY}&required=CUSTOM_NOPE`), /"required" parameter/);
  assert.throws(() => ask(`member_of=${NOBODY}&required=!CUSTOM_NOPE`), /"required" parameter/);
});

test('the early tests look at all providers, not at those of the other filters', () => {
  assert.throws(() => ask(`in_tree=${TREE}&required=CUSTOM_T1&resources=NOPE:1`), /No such resource class NOPE\./);
  assert.throws(() => ask('name=nobody&resources=NOPE:1'), /No such resource class NOPE\./);
  assert.throws(() => ask('resources=VCPU:100,NOPE:1'), /No such resource class NOPE\./);
});
