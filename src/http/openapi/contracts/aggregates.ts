// The contracts of /resource_providers/{uuid}/aggregates (http-api §6).

import type { Microversion } from '../../../domain/microversion.ts';
import { AGGREGATES_GENERATION_SINCE, aggregateListBody, aggregatesBody } from '../../schemas/aggregates.ts';
import type { OperationContract } from '../contract.ts';
import { type DocumentSchema, LENIENT_UUID_PATTERN } from '../schema.ts';
import { closed, dated, GENERATION, PROVIDER_NOT_FOUND, UUID_PARAMETER } from './fields.ts';

const TAG = 'Aggregates';

export const listAggregates: OperationContract = {
  id: 'listAggregates',
  tag: TAG,
  summary: 'Show the aggregates that a provider is in.',
  parameters: { uuid: UUID_PARAMETER },
  answers: (version) => dated(aggregates(version)),
  refusals: [PROVIDER_NOT_FOUND],
};

export const replaceAggregates: OperationContract = {
  id: 'replaceAggregates',
  tag: TAG,
  summary: 'Say which aggregates a provider is in.',
  parameters: { uuid: UUID_PARAMETER },
  body: (version) => (version < AGGREGATES_GENERATION_SINCE ? aggregateListBody : aggregatesBody).schema,
  answers: (version) => dated(aggregates(version), 'Replaced.'),
  refusals: [
    PROVIDER_NOT_FOUND,
    { status: 409, since: AGGREGATES_GENERATION_SINCE, when: 'The generation sent is not that of the provider.' },
  ],
};

/** Aggregates keep the spelling that they were given (http-api §2.1). */
function aggregates(version: Microversion): DocumentSchema {
  return closed({
    aggregates: { type: 'array', items: { type: 'string', pattern: LENIENT_UUID_PATTERN }, uniqueItems: true },
    ...(version < AGGREGATES_GENERATION_SINCE ? {} : { resource_provider_generation: GENERATION }),
  });
}
