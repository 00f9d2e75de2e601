// Body of PUT …/aggregates (http-api §6.2): a bare list below 1.19, an object with a generation from then on.

import { bodyValidator } from '../validation/body-validator.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { GENERATION, LENIENT_UUID } from './fields.ts';

/** First microversion of the object form; each form is refused where the other one holds. */
export const AGGREGATES_GENERATION_SINCE = 19;

/** Aggregates in the order sent, spelled as sent. */
export type AggregateListBody = readonly string[];

export interface AggregatesBody {
  readonly aggregates: AggregateListBody;
  readonly resource_provider_generation: number;
}

const AGGREGATE_LIST: JsonSchema = { type: 'array', items: LENIENT_UUID, uniqueItems: true };

/** Checks the body below 1.19; throws 400. */
export const aggregateListBody = bodyValidator<AggregateListBody>(AGGREGATE_LIST);

/** Checks the body from 1.19; throws 400. */
export const aggregatesBody = bodyValidator<AggregatesBody>({
  type: 'object',
  properties: { aggregates: AGGREGATE_LIST, resource_provider_generation: GENERATION },
  required: ['aggregates', 'resource_provider_generation'],
  additionalProperties: false,
});
