// Validates decoded JSON bodies, with a function made once from a schema and used for every request.

import { bodyInvalid } from '../../domain/errors/validation.ts';
import type { JsonSchema } from './json-schema.ts';
import { compileSchema } from './schema-check.ts';

/** A validator, with the schema that it was made from: what the service documents is what it checks. */
export interface BodyValidator<Body> {
  (value: unknown): Body;
  readonly schema: JsonSchema;
}

/**
 * A function that returns the decoded body it is given when it conforms to the schema, and else throws 400
 * `JSON does not validate: …` (http-api §2.4). `Body` is what the caller knows the schema to describe.
 */
export function bodyValidator<Body>(schema: JsonSchema): BodyValidator<Body> {
  const failureOf = compileSchema(schema);
  function assertConforms(value: unknown): asserts value is Body {
    const failure = failureOf(value);
    if (failure !== undefined) throw bodyInvalid({ failure });
  }
  function validate(value: unknown): Body {
    assertConforms(value);
    return value;
  }
  return Object.assign(validate, { schema });
}
