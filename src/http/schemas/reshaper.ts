// Body of POST /reshaper by microversion (http-api §12.1): inventories as in PUT …/inventories, consumers as in
// POST /allocations.

import { bodyValidator } from '../validation/body-validator.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { byUuidKey, CONSUMER_ALLOCATIONS, type ConsumersBody } from './allocations.ts';
import { byMicroversion } from './by-microversion.ts';
import { REPLACE_INVENTORIES, type ReplaceInventoriesBody } from './inventories.ts';

export interface ReshaperBody {
  /** By provider UUID. */
  readonly inventories: Readonly<Record<string, ReplaceInventoriesBody>>;
  readonly allocations: ConsumersBody;
}

function reshaperSchema(consumer: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      inventories: { ...byUuidKey(REPLACE_INVENTORIES), minProperties: 1 },
      allocations: byUuidKey(consumer),
    },
    required: ['inventories', 'allocations'],
    additionalProperties: false,
  };
}

/** Checks the body; throws 400. The microversions are those of a consumer's part. */
export const reshaperBody = byMicroversion(
  CONSUMER_ALLOCATIONS.map(([since, consumer]) => [since, bodyValidator<ReshaperBody>(reshaperSchema(consumer))]),
);
