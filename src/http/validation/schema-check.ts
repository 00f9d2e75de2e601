// Checks a value against a schema and words the first failure as http-api §2.4 wants it. A validator of our own and
// not ajv: the failure to report is the shallowest one, so values are checked breadth first and the walk ends at the
// first failure it meets. A library that checks depth first would have to gather all failures of a hostile body to
// find it, and its order, its per-key failures and its numbers beyond binary64 would all need correcting.

import type { JsonSchema } from './json-schema.ts';
import { compileChecks, startingPlace } from './keyword-checks.ts';
import { pythonLiteral } from './python-literal.ts';
import { type Failure, firstFailure, type Step, schemaStepsTo, valueStepsTo } from './walk.ts';

/** Room for the value after its message, in UTF-16 code units: the message has already shown what is wrong. */
const DUMP_MAX = 200;

/**
 * The function that words the first failure of a value as one line, or returns undefined when it conforms. Its time
 * is linear in the size of the value. Throws for a schema with an unknown keyword or a bad pattern.
 */
export function compileSchema(schema: JsonSchema): (value: unknown) => string | undefined {
  const checks = compileChecks(schema);
  return (value) => {
    const failure = firstFailure(startingPlace(value, checks));
    return failure === undefined ? undefined : failureText(failure);
  };
}

function failureText({ message, keyword, place }: Failure): string {
  const inSchema = `in schema${subscripts(schemaStepsTo(place))}`;
  const onInstance = `On instance${subscripts(valueStepsTo(place))}`;
  return `${message} Failed validating '${keyword}' ${inSchema}: ${onInstance}: ${pythonLiteral(place.value, DUMP_MAX)}`;
}

/** `['allocations'][0]['resources']` */
function subscripts(steps: readonly Step[]): string {
  return steps.map((step) => `[${pythonLiteral(step, DUMP_MAX)}]`).join('');
}
