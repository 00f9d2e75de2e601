// Whatever a client writes into a query string, the parsers answer it or refuse it with a declared 400.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import { parseProviderFilters } from '../../src/candidates/parse-provider-filters.ts';
import { parseTraitFilter } from '../../src/candidates/parse-trait-filter.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { answerOrRefusal, refusal } from '../http/validation/refusal.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';

const keyword = fc.constantFrom(
  ...['resources', 'required', 'member_of', 'in_tree', 'limit', 'group_policy', 'root_required', 'same_subtree'],
  ...['name', 'uuid', 'associated', '__proto__', 'constructor'],
);
const suffix = fc.constantFrom('', '', '1', '2', '_A', '-B', '__proto__', '01', '@');
const fragment = fc.constantFrom(
  ...['VCPU:1', 'A', 'B', A, 'in:', '!', '!in:', ',', ':', ' ', '-1', '1', '9'.repeat(400), 'none', 'isolate', '_A'],
  ...['\0', '\n', '\u2028', '\ud800', '🏔', '__proto__', 'true', 'startswith:', '1e999', '{', 'urn:uuid:'],
);
const value = fc.oneof(
  fc.array(fragment, { maxLength: 5 }).map((fragments) => fragments.join('')),
  fc.string({ unit: 'binary' }),
);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(keyword, suffix).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 });
const version = fc.integer({ min: 0, max: 39 }).map(microversion);

test('random queries are parsed or refused', () => {
  const property = fc.property(pairs, version, (query, minor) => {
    answerOrRefusal(() => parseCandidateQuery(query, minor));
    answerOrRefusal(() => parseProviderFilters(query, minor));
    answerOrRefusal(() => parseTraitFilter(query));
  });
  // A failure prints its seed.
  fc.assert(property, { numRuns: 3000 });
});

test('20,000 groups are parsed', () => {
  const groups = Array.from({ length: 20_000 }, (_, n) => [`resources${n}`, 'VCPU:1'] as const);
  const query = parseCandidateQuery([...groups, ['group_policy', 'none']], microversion(39));
  assert.equal(query.groups.length, 20_000);
});

test('20,000 orphans are refused with a short text', () => {
  const orphans = Array.from({ length: 20_000 }, (_, n) => [`required${n + 1}`, 'T,!T'] as const);
  refusal(() => parseCandidateQuery(orphans, microversion(25)));
  refusal(() => parseCandidateQuery([...orphans, ['resources', 'VCPU:1']], microversion(39)));
  const conflicts = orphans.flatMap(([key, traits]) => [
    [key, traits] as const,
    [key.replace('required', 'resources'), 'VCPU:1'] as const,
  ]);
  refusal(() => parseCandidateQuery(conflicts, microversion(25)));
});

test('one value with a hundred thousand elements is parsed or refused with a short text', () => {
  for (const element of ['VCPU:1,', 'T,', '!T,', `${A},`, ',', '{', '!', ' ']) {
    const long = element.repeat(100_000);
    for (const key of ['resources', 'required', 'member_of', 'in_tree', 'limit', 'root_required', 'same_subtree']) {
      for (const text of [long, `${long}x`, `in:${long}`, `!in:${long}${A}`]) {
        answerOrRefusal(() => parseCandidateQuery([[key, text]], microversion(39)));
      }
    }
  }
});
