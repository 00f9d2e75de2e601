// Validates decoded query strings, with a function made once from a schema and used for every request.

import { queryInvalid } from '../../domain/errors/validation.ts';
import type { QueryPairs } from '../operation.ts';
import type { JsonSchema } from './json-schema.ts';
import { compileSchema } from './schema-check.ts';

/**
 * A function that throws 400 `Invalid query string parameters: …` unless the parameters, seen as an object of
 * strings, conform to the schema. Of a repeated name the last value is seen (http-api §2.5).
 */
export function queryValidator(schema: JsonSchema): (pairs: QueryPairs) => void {
  const failureOf = compileSchema(schema);
  return (pairs) => {
    const failure = failureOf(lastValues(pairs));
    if (failure !== undefined) throw queryInvalid({ failure });
  };
}

/** Without a prototype, so that a parameter named `__proto__` is one like any other. */
function lastValues(pairs: QueryPairs): object {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) values[name] = value;
  return values;
}
