// Whatever bytes a client sends as a body or a query string, validation answers or refuses with a declared 400.

import { test } from 'node:test';
import fc from 'fast-check';
import { microversion } from '../../../src/domain/microversion.ts';
import { validateCandidateParameters, validateUsageParameters } from '../../../src/http/schemas/query-schemas.ts';
import { bodyValidator } from '../../../src/http/validation/body-validator.ts';
import { decodeJson } from '../../../src/http/validation/decode-json.ts';
import { decodeQuery } from '../../../src/http/validation/decode-query.ts';
import type { JsonSchema } from '../../../src/http/validation/json-schema.ts';
import { answerOrRefusal } from './refusal.ts';

const amounts: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  patternProperties: { '^[A-Z0-9_]+$': { type: 'integer', minimum: 1, maximum: 2147483647 } },
};
const uuid: JsonSchema = { type: 'string', format: 'uuid' };
const everyKeyword: JsonSchema = {
  type: 'object',
  minProperties: 1,
  properties: {
    a: amounts,
    b: { type: 'array', minItems: 1, uniqueItems: true, items: uuid },
    c: { type: 'string', minLength: 1, maxLength: 3, pattern: '^[A-Z]+$' },
    d: { anyOf: [uuid, { type: 'null' }] },
    e: { enum: ['none', 'isolate'] },
    f: { type: ['integer', 'null'] },
  },
  required: ['a'],
  additionalProperties: { type: 'number', maximum: 3.40282e38 },
};
const validateBody = bodyValidator<unknown>(everyKeyword);

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'VCPU', '__proto__', 'constructor', ''),
  fc.string(),
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, -1, 2147483648, 'none', '\0', '\ud800', 'A\n', '{}', '🏔🏔🏔'),
  fc.constant('4b0d0000-0000-4000-8000-000000000001'),
  fc.double(),
  fc.string({ unit: 'binary' }),
);
const { value: json } = fc.letrec((again) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(again('value')), fc.dictionary(key, again('value'))),
}));
const body = fc.dictionary(key, json, { noNullPrototype: false });

test('random JSON is validated or refused', () => {
  const property = fc.property(fc.oneof(json, body), (value) => {
    answerOrRefusal(() => validateBody(value));
    answerOrRefusal(() => validateBody(decodeJson(JSON.stringify(value))));
  });
  // A failure prints its seed.
  fc.assert(property, { numRuns: 2000 });
});

test('random bytes are decoded or refused', () => {
  const jsonish = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1e999', 'NaN', '\\u0000', '\\ud800', '"a"', ' ', '\0'),
  );
  const bytes = fc.oneof(
    fc.uint8Array().map((array) => Buffer.from(array)),
    jsonish.map((parts) => Buffer.from(parts.join(''))),
  );
  fc.assert(
    fc.property(bytes, (buffer) => answerOrRefusal(() => validateBody(decodeJson(buffer)))),
    { numRuns: 2000 },
  );
});

test('random query strings are validated or refused', () => {
  const part = fc.constantFrom(
    ...['&', '=', '%', '%00', '%ff', '%f0%9f%8f%94', '+', '%2B', 'resources', 'limit', '1', 'group_policy', 'none'],
    ...['project_id', 'consumer_type', '__proto__', 'constructor', '\u00ff', '☃', '\ud800', '\0', '\n'],
  );
  const raw = fc.oneof(
    fc.array(part, { maxLength: 20 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  const property = fc.property(raw, fc.integer({ min: 0, max: 39 }).map(microversion), (text, version) => {
    answerOrRefusal(() => validateCandidateParameters(decodeQuery(text), version));
    answerOrRefusal(() => validateUsageParameters(decodeQuery(text), version));
  });
  fc.assert(property, { numRuns: 2000 });
});

test('a hundred thousand parameters are refused with a short text', () => {
  const raw = Array.from({ length: 100_000 }, (_, n) => `bogus${n}=1`).join('&');
  for (const minor of [10, 39]) {
    answerOrRefusal(() => validateCandidateParameters(decodeQuery(raw), microversion(minor)));
  }
});
