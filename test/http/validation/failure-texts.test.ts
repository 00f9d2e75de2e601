// What a body validator says about one wrong thing: message, keyword and place, per keyword (http-api §2.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyValidator } from '../../../src/http/validation/body-validator.ts';
import type { JsonSchema } from '../../../src/http/validation/json-schema.ts';
import { refusal } from './refusal.ts';

const UUID = '4b0d0000-0000-4000-8000-000000000001';

interface Case {
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** Everything before the place of the value. */
  readonly text: string;
}

const integer: JsonSchema = { type: 'integer' };
const closed: JsonSchema = { type: 'object', properties: { a: integer }, additionalProperties: false };
const keyed: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^[B-Z]+$': integer, '^A$': integer },
};
const uuidOrNull: JsonSchema = { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] };

const failures: readonly Case[] = [
  {
    schema: { type: 'array' },
    value: 'beta',
    text: "'beta' is not of type 'array' Failed validating 'type' in schema:",
  },
  { schema: integer, value: 'x', text: "'x' is not of type 'integer' Failed validating 'type' in schema:" },
  { schema: integer, value: true, text: "True is not of type 'integer' Failed validating 'type'" },
  { schema: integer, value: 1.5, text: "1.5 is not of type 'integer'" },
  { schema: { type: 'number' }, value: false, text: "False is not of type 'number'" },
  { schema: { type: 'string' }, value: null, text: "None is not of type 'string'" },
  { schema: { type: 'object' }, value: ['a', 1], text: "['a', 1] is not of type 'object'" },
  { schema: { type: 'array' }, value: { k: 1 }, text: "{'k': 1} is not of type 'array'" },
  { schema: { type: ['integer', 'null'] }, value: '1', text: "'1' is not of type 'integer', 'null'" },
  { schema: integer, value: Number.NEGATIVE_INFINITY, text: "-inf is not of type 'integer'" },
  {
    schema: { type: 'object', required: ['total'] },
    value: {},
    text: "'total' is a required property Failed validating 'required' in schema:",
  },
  {
    schema: closed,
    value: { b: 1 },
    text: "Additional properties are not allowed ('b' was unexpected) Failed validating 'additionalProperties' in schema:",
  },
  {
    schema: closed,
    value: { c: 1, b: 2, a: 3 },
    text: "Additional properties are not allowed ('b', 'c' were unexpected)",
  },
  {
    schema: keyed,
    value: { a: 1 },
    text: "'a' does not match any of the regexes: '^A$', '^[B-Z]+$' Failed validating 'additionalProperties' in schema:",
  },
  { schema: keyed, value: { b: 1, a: 2, A: 3 }, text: "'a', 'b' do not match any of the regexes: '^A$', '^[B-Z]+$'" },
  {
    schema: { type: 'integer', minimum: 1 },
    value: -1,
    text: "-1 is less than the minimum of 1 Failed validating 'minimum' in schema:",
  },
  {
    schema: { type: 'integer', maximum: 2147483647 },
    value: 2147483648,
    text: "2147483648 is greater than the maximum of 2147483647 Failed validating 'maximum' in schema:",
  },
  { schema: { type: 'integer', maximum: 5 }, value: JSON.parse('1e999'), text: 'inf is greater than the maximum of 5' },
  {
    schema: { type: 'number', maximum: 3.40282e38 },
    value: 3.5e38,
    text: '3.5e+38 is greater than the maximum of 3.40282e+38',
  },
  { schema: { minLength: 1 }, value: '', text: "'' is too short Failed validating 'minLength' in schema:" },
  { schema: { maxLength: 2 }, value: 'abc', text: "'abc' is too long Failed validating 'maxLength' in schema:" },
  { schema: { maxLength: 2 }, value: '🏔🏔🏔', text: "'🏔🏔🏔' is too long" },
  { schema: { minLength: 2 }, value: '🏔', text: "'🏔' is too short" },
  { schema: { minItems: 1 }, value: [], text: "[] is too short Failed validating 'minItems' in schema:" },
  {
    schema: { minProperties: 1 },
    value: {},
    text: "{} does not have enough properties Failed validating 'minProperties' in schema:",
  },
  {
    schema: { type: 'string', pattern: '^[A-Z0-9_]+$' },
    value: 'instance',
    text: "'instance' does not match '^[A-Z0-9_]+$' Failed validating 'pattern' in schema:",
  },
  { schema: { pattern: '^[A-Z]+$' }, value: 'A\n', text: "'A\\n' does not match '^[A-Z]+$'" },
  { schema: { format: 'uuid' }, value: 'q', text: "'q' is not a 'uuid' Failed validating 'format' in schema:" },
  {
    schema: { format: 'dashed-uuid' },
    value: UUID.replaceAll('-', ''),
    text: "'4b0d0000000040008000000000000001' is not a 'uuid' Failed validating 'format' in schema:",
  },
  {
    schema: { uniqueItems: true },
    value: ['a', 'b', 'a'],
    text: "['a', 'b', 'a'] has non-unique elements Failed validating 'uniqueItems' in schema:",
  },
  {
    schema: { enum: ['none', 'isolate'] },
    value: 'bogus',
    text: "'bogus' is not one of ['none', 'isolate'] Failed validating 'enum' in schema:",
  },
  {
    schema: uuidOrNull,
    value: 5,
    text: "5 is not valid under any of the given schemas Failed validating 'anyOf' in schema:",
  },
  { schema: uuidOrNull, value: 'q', text: "'q' is not a 'uuid' Failed validating 'format' in schema['anyOf'][0]:" },
];

for (const { schema, value, text } of failures) {
  test(text, () => {
    const { message } = refusal(() => bodyValidator(schema)(value));
    assert.ok(message.startsWith(`JSON does not validate: ${text}`), message);
  });
}

const accepted: readonly (readonly [schema: JsonSchema, value: unknown])[] = [
  [integer, 5],
  [integer, JSON.parse('5.0')],
  [integer, JSON.parse('1e999')],
  [{ type: 'number' }, 1.5],
  [{ type: ['integer', 'null'] }, null],
  [{ type: 'string', maxLength: 200 }, '🏔'.repeat(200)],
  [{ type: 'string', format: 'uuid' }, `{${UUID.toUpperCase()}}`],
  [{ type: 'string', format: 'uuid' }, `urn:uuid:${UUID}`],
  [{ type: 'string', format: 'dashed-uuid' }, UUID],
  [uuidOrNull, null],
  [uuidOrNull, UUID],
  [{ uniqueItems: true }, ['a', 'A', 1, '1']],
  [keyed, { A: 1, BC: 2 }],
  [{ type: 'object', additionalProperties: true }, { b: 1 }],
  [
    { type: 'object', properties: { a: integer }, additionalProperties: { type: 'string' } },
    { a: 1, b: 'x' },
  ],
  [{ patternProperties: { '[a-z]{1,64}': integer } }, { '': 'anything', X: [] }],
];

for (const [schema, value] of accepted) {
  test(`${JSON.stringify(schema)} takes ${JSON.stringify(value)}`, () => {
    assert.equal(bodyValidator(schema)(value), value);
  });
}

test('a schema with a keyword that is not checked is refused when it is compiled', () => {
  const schema: JsonSchema = JSON.parse('{"multipleOf": 2}');
  assert.throws(() => bodyValidator(schema), /unknown schema keyword multipleOf/);
});
