// http-api §6.2, §7.6, §8.3: bodies of aggregates, of a provider's traits, and of resource classes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregateListBody, aggregatesBody } from '../../../src/http/schemas/aggregates.ts';
import { providerTraitsBody } from '../../../src/http/schemas/provider-traits.ts';
import { resourceClassBody } from '../../../src/http/schemas/resource-classes.ts';
import { assertRefused } from './refusals.ts';

const A = '42896e0d-205d-4fe3-bd1e-100924931787';
const B = '5e08ea53c4c6448e9334ac4953de3cfa';

test('below 1.19 aggregates are a list of different uuids', () => {
  for (const body of [[], [A], [B, A], [A, A.toUpperCase()]]) assert.equal(aggregateListBody(body), body);
  assertRefused(() => aggregateListBody({ aggregates: [] }), 'JSON does not validate', "is not of type 'array'");
  assertRefused(() => aggregateListBody([A, 'cow']), "'cow' is not a 'uuid'");
  assertRefused(() => aggregateListBody([1]), "1 is not of type 'string'");
  assertRefused(() => aggregateListBody([A, A]), 'has non-unique elements');
});

test('from 1.19 aggregates come with a generation', () => {
  const body = { aggregates: [A, B], resource_provider_generation: 0 };
  assert.equal(aggregatesBody(body), body);
  assertRefused(() => aggregatesBody([A]), 'JSON does not validate', "is not of type 'object'");
  assertRefused(() => aggregatesBody({ aggregates: [A] }), "'resource_provider_generation' is a required property");
  assertRefused(() => aggregatesBody({ resource_provider_generation: 0 }), "'aggregates' is a required property");
  assertRefused(() => aggregatesBody({ ...body, aggregates: ['x'] }), "'x' is not a 'uuid'");
  assertRefused(() => aggregatesBody({ ...body, aggregates: [B, B] }), 'has non-unique elements');
  assertRefused(() => aggregatesBody({ ...body, extra: 1 }), "('extra' was unexpected)");
  assertRefused(() => aggregatesBody({ ...body, resource_provider_generation: null }), "None is not of type 'integer'");
});

test("a provider's traits come with a generation, and may be named twice", () => {
  const body = { traits: ['CUSTOM_A', 'CUSTOM_A'], resource_provider_generation: 0 };
  assert.equal(providerTraitsBody(body), body);
  const replace = (changes: object) => () => providerTraitsBody({ ...body, ...changes });
  assertRefused(() => providerTraitsBody({ traits: [] }), "'resource_provider_generation' is a required property");
  assertRefused(() => providerTraitsBody({ resource_provider_generation: 0 }), "'traits' is a required property");
  assertRefused(
    replace({ resource_provider_generation: 'invalid_generation' }),
    "'invalid_generation' is not of type 'integer'",
  );
  assertRefused(replace({ traits: 'invalid_type' }), "'invalid_type' is not of type 'array'");
  assertRefused(replace({ traits: [''] }), "Failed validating 'minLength'");
  assertRefused(replace({ traits: ['A'.repeat(256)] }), "Failed validating 'maxLength'");
  assertRefused(replace({ more: 1 }), 'Additional properties are not allowed');
});

test('a resource class is named by a custom name of at most 255 characters', () => {
  for (const name of ['CUSTOM_A', 'CUSTOM__', `CUSTOM_${'9'.repeat(248)}`]) {
    assert.deepEqual(resourceClassBody({ name }), { name });
  }
  for (const name of ['VCPU', 'VCPU_ALTERNATE', 'CUSTOM_', 'custom_a', 'CUSTOM_a', 'CUSTOM_A\n', 'XCUSTOM_A', '']) {
    assertRefused(() => resourceClassBody({ name }), 'JSON does not validate', "Failed validating 'pattern'");
  }
  assertRefused(() => resourceClassBody({ name: `CUSTOM_${'A'.repeat(249)}` }), "Failed validating 'maxLength'");
  assertRefused(() => resourceClassBody({ name: 'CUSTOM_A', links: [] }), 'Additional properties are not allowed');
  assertRefused(() => resourceClassBody({}), "'name' is a required property");
  assertRefused(() => resourceClassBody('CUSTOM_A'), "is not of type 'object'");
});
