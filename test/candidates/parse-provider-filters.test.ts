// The filters of a provider listing out of its query (http-api §4.2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProviderFilters } from '../../src/candidates/parse-provider-filters.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { assertRefused } from '../http/validation/refusal.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';

const NOTHING = {
  name: null,
  uuid: null,
  inTree: null,
  aggregates: { anyOf: [], forbidden: [] },
  traits: { anyOf: [], forbidden: [] },
  resources: [],
};

test('without parameters nothing is filtered', () => {
  assert.deepEqual(parseProviderFilters([], microversion(0)), NOTHING);
});

test('an empty name is no filter', () => {
  assert.deepEqual(parseProviderFilters([['name', '']], microversion(0)), NOTHING);
});

test('each parameter is a filter', () => {
  const filters = parseProviderFilters(
    [
      ['resources', 'VCPU:1'],
      ['required', 'in:T1,T2'],
      ['required', '!T3'],
      ['in_tree', A],
      ['member_of', `in:${A},${B}`],
      ['member_of', `!${B}`],
      ['uuid', B],
      ['name', 'cn1'],
    ],
    microversion(39),
  );
  assert.deepEqual(filters, {
    name: 'cn1',
    uuid: B,
    inTree: A,
    aggregates: { anyOf: [[A, B]], forbidden: [B] },
    traits: { anyOf: [['T1', 'T2']], forbidden: ['T3'] },
    resources: [{ resourceClass: 'VCPU', amount: 1 }],
  });
});

test('of a repeated parameter the last value counts', () => {
  const filters = parseProviderFilters(
    [
      ['name', 'a'],
      ['resources', 'broken'],
      ['required', 'A,,'],
      ['name', 'b'],
      ['resources', 'VCPU:2'],
      ['required', 'B'],
    ],
    microversion(38),
  );
  assert.deepEqual(filters, {
    ...NOTHING,
    name: 'b',
    resources: [{ resourceClass: 'VCPU', amount: 2 }],
    traits: { anyOf: [['B']], forbidden: [] },
  });
});

test('grammars answer in the order member_of, required, resources', () => {
  const member = ['member_of', 'x'] as const;
  const required = ['required', ''] as const;
  const resources = ['resources', ''] as const;
  const parse = (...pairs: readonly (readonly [string, string])[]) => parseProviderFilters(pairs, microversion(39));
  assertRefused(() => parse(resources, required, member), "Expected 'member_of' parameter");
  assertRefused(() => parse(resources, required), "Expected 'required' parameter");
  assertRefused(() => parse(resources), 'Got: empty string.');
});

test('microversions decide about repetition and forbidden forms', () => {
  const pairs = [
    ['member_of', A],
    ['member_of', B],
  ] as const;
  assertRefused(() => parseProviderFilters(pairs, microversion(23)), 'Multiple member_of parameters are not supported');
  assert.deepEqual(parseProviderFilters(pairs, microversion(24)).aggregates.anyOf, [[A], [B]]);
  const forbidden = [['required', '!T']] as const;
  assertRefused(() => parseProviderFilters(forbidden, microversion(21)), 'HW_CPU_X86_VMX,CUSTOM_MAGIC. Got: !T');
  assert.deepEqual(parseProviderFilters(forbidden, microversion(22)).traits.forbidden, ['T']);
});
