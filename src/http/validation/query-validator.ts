// Validates decoded query strings, with a function made once from a schema and used for every request.

import { queryInvalid } from '../../domain/errors/validation.ts';
import type { QueryPairs } from '../operation.ts';
import type { JsonSchema } from './json-schema.ts';
import { compileSchema } from './schema-check.ts';

/** A validator, with the schema that it was made from: what the service documents is what it checks. */
export interface QueryValidator {
  (pairs: QueryPairs): void;
  readonly schema: JsonSchema;
}

/**
 * A function that throws 400 `Invalid query string parameters: …` unless the parameters, seen as an object of
 * strings, conform to the schema. Of a repeated name the last value is seen (http-api §2.5).
 */
export function queryValidator(schema: JsonSchema): QueryValidator {
  const failureOf = compileSchema(schema);
  function validate(pairs: QueryPairs): void {
    const failure = failureOf(lastValues(pairs));
    if (failure !== undefined) throw queryInvalid({ failure });
  }
  return Object.assign(validate, { schema });
}

/** Without a prototype, so that a parameter named `__proto__` is one like any other. */
function lastValues(pairs: QueryPairs): object {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) values[name] = value;
  return values;
}
