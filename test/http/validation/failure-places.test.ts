// Which failure is reported when a body has several, and where it says it is (http-api §2.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyValidator } from '../../../src/http/validation/body-validator.ts';
import type { JsonSchema } from '../../../src/http/validation/json-schema.ts';
import { assertRefused, refusal } from './refusal.ts';

const positive: JsonSchema = { type: 'integer', minimum: 1 };
const inventory: JsonSchema = {
  type: 'object',
  properties: { total: positive, min_unit: positive, max_unit: positive, step_size: positive },
  required: ['total'],
  additionalProperties: false,
};
const provider: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, uuid: { type: 'string', format: 'uuid' } },
  required: ['name'],
  additionalProperties: false,
};
const allocations: JsonSchema = {
  type: 'object',
  properties: {
    allocations: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          resources: { type: 'object', minProperties: 1, patternProperties: { '^[A-Z]+$': positive } },
        },
        required: ['resources'],
      },
    },
    project_id: { type: 'string' },
  },
  required: ['allocations', 'project_id'],
};

for (const field of ['total', 'min_unit', 'max_unit', 'step_size']) {
  test(`a bad ${field} is found at its place in schema and value`, () => {
    assertRefused(
      () => bodyValidator(inventory)({ total: 10, [field]: 0 }),
      'JSON does not validate: 0 is less than the minimum of 1',
      `Failed validating 'minimum' in schema['properties']['${field}']: On instance['${field}']: 0`,
    );
  });
}

test('a place may lead through arrays and patterns', () => {
  const body = { allocations: [{ resources: { VCPU: 1 } }, { resources: { VCPU: 0 } }], project_id: 'p' };
  assertRefused(
    () => bodyValidator(allocations)(body),
    "Failed validating 'minimum' in schema['properties']['allocations']['items']['properties']['resources']" +
      "['patternProperties']['^[A-Z]+$']: On instance['allocations'][1]['resources']['VCPU']: 0",
  );
});

test('a missing member at the top beats a bad value below', () => {
  const body = { allocations: [{ resources: {} }] };
  assertRefused(() => bodyValidator(allocations)(body), "'project_id' is a required property");
});

test('an unexpected member at the top beats a bad value below', () => {
  assertRefused(() => bodyValidator(inventory)({ total: 0, bad_field: 1 }), "'bad_field' was unexpected");
});

test('a shallow failure beats a deep one that the schema declares earlier', () => {
  const body = { allocations: [{ resources: {} }], project_id: 1 };
  assertRefused(() => bodyValidator(allocations)(body), "1 is not of type 'string'");
});

test('among equally deep failures the schema decides, not the body', () => {
  assertRefused(() => bodyValidator(provider)({ uuid: 'q', name: 1 }), "1 is not of type 'string'");
});

test('at one place keywords are checked in the order in which the schema writes them', () => {
  const members: JsonSchema = { properties: { a: {} } };
  const requiredFirst: JsonSchema = { ...members, required: ['a'], additionalProperties: false };
  const closedFirst: JsonSchema = { ...members, additionalProperties: false, required: ['a'] };
  assertRefused(() => bodyValidator(requiredFirst)({ b: 1 }), "'a' is a required property");
  assertRefused(() => bodyValidator(closedFirst)({ b: 1 }), "'b' was unexpected");
});

test('members named like those of Object.prototype are ordinary unknown members', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const body: unknown = JSON.parse(`{"total": 1, "${name}": {"total": 1}}`);
    assertRefused(
      () => bodyValidator(inventory)(body),
      `Additional properties are not allowed ('${name}' was unexpected)`,
    );
  }
});

test('members are required of the body itself, not of its prototype', () => {
  const schema: JsonSchema = { type: 'object', required: ['constructor'] };
  assertRefused(() => bodyValidator(schema)({}), "'constructor' is a required property");
  assertRefused(() => bodyValidator(inventory)(JSON.parse('{"__proto__": {"total": 1}}')), 'Failed validating');
});

test('a body with 100,000 wrong members is refused with a short text', () => {
  const body = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member${n}`, n]));
  const { message } = refusal(() => bodyValidator(inventory)(body));
  assert.match(message, /'total' is a required property/);
  assertRefused(() => bodyValidator(inventory)({ ...body, total: 1 }), "'member0', 'member1', ", '… were unexpected');
});
