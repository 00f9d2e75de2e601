// The examples of reference answers, as far as validation decides them: what was answered is parsed, and what was
// refused, unless for an unknown name, is refused with the same text and code.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import { parseProviderFilters } from '../../src/candidates/parse-provider-filters.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { validateCandidateParameters, validateProviderListParameters } from '../../src/http/schemas/query-schemas.ts';
import { decodeQuery } from '../../src/http/validation/decode-query.ts';
import { refusal } from '../http/validation/refusal.ts';

interface Example {
  readonly name: string;
  readonly query: string;
  readonly microversion: string;
  readonly status: number;
  /** Of refusals. */
  readonly expected: { readonly code: string | null; readonly detail_contains: readonly string[] };
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8'));
}

const candidates = read<readonly Example[]>('candidate-examples.json');
const providers = read<{ readonly cases: readonly Example[] }>('resource-provider-filter-examples.json').cases;

function parse(example: Example): unknown {
  const { pathname, search } = new URL(example.query, 'http://localhost');
  const pairs = decodeQuery(search.slice(1));
  const version = microversion(Number(example.microversion.split('.')[1]));
  if (pathname === '/allocation_candidates') {
    validateCandidateParameters(pairs, version);
    return parseCandidateQuery(pairs, version);
  }
  assert.equal(pathname, '/resource_providers');
  validateProviderListParameters(pairs, version);
  return parseProviderFilters(pairs, version);
}

for (const example of [...candidates, ...providers]) {
  test(`${example.name}: ${example.microversion} ${example.query.slice(0, 150)}`, () => {
    const { status, expected } = example;
    const isUnknownName = status === 400 && expected.detail_contains.some((text) => text.includes('No such '));
    if (status === 200 || isUnknownName) {
      assert.ok(parse(example));
      return;
    }
    assert.equal(status, 400);
    const error = refusal(() => parse(example));
    for (const text of expected.detail_contains) assert.ok(error.message.includes(text), `${error.message}\n${text}`);
    // Null below 1.23, where errors show no code.
    if (expected.code !== null) assert.equal(error.code, expected.code);
  });
}
