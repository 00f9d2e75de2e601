// The contracts of /allocations, /allocations/{consumer_uuid}, /resource_providers/{uuid}/allocations and /reshaper
// (http-api §9, §10, §12).

import type { Microversion } from '../../../domain/microversion.ts';
import {
  ALLOCATIONS_BY_PROVIDER_SINCE,
  allocationListBody,
  consumerAllocationsBody,
  consumersBody,
} from '../../schemas/allocations.ts';
import { CONSUMER_TYPE, EXTERNAL_ID } from '../../schemas/fields.ts';
import { reshaperBody } from '../../schemas/reshaper.ts';
import type { OperationContract } from '../contract.ts';
import { type DocumentSchema, documentSchema, LENIENT_UUID_PATTERN } from '../schema.ts';
import {
  AMOUNT_BY_CLASS,
  byConsumer,
  byProvider,
  closed,
  DELETED,
  dated,
  GENERATION,
  PROVIDER_NOT_FOUND,
  UUID_PARAMETER,
  WRITTEN,
} from './fields.ts';

const SHOWS_OWNER_SINCE = 12;
const SHOWS_GENERATION_SINCE = 28;
const SHOWS_TYPE_SINCE = 38;

const TAG = 'Allocations';
const STALE_OR_IN_USE =
  'A generation sent is not that of the provider. Inventory that would be removed has allocations.';
const REFUSED =
  'A generation sent is not that of the consumer. A provider has no such inventory, not enough of it, or gives it ' +
  'only in other amounts.';

export const writeSeveralConsumers: OperationContract = {
  id: 'writeAllocationsOfConsumers',
  tag: TAG,
  summary: 'Replace the allocations of several consumers: all of them, or none.',
  body: (version) => consumersBody(version).schema,
  answers: () => WRITTEN,
  refusals: [{ status: 409, when: REFUSED }],
};

export const showAllocations: OperationContract = {
  id: 'showAllocations',
  tag: TAG,
  summary: 'Show what a consumer holds; an unknown one holds nothing.',
  answers: (version) => dated(consumerAllocations(version)),
};

export const writeAllocations: OperationContract = {
  id: 'writeAllocations',
  tag: TAG,
  summary: 'Replace the allocations of a consumer.',
  parameters: { consumer_uuid: { type: 'string', pattern: LENIENT_UUID_PATTERN } },
  body: (version) =>
    (version < ALLOCATIONS_BY_PROVIDER_SINCE ? allocationListBody(version) : consumerAllocationsBody(version)).schema,
  answers: () => WRITTEN,
  refusals: [{ status: 409, when: REFUSED }],
};

export const deleteAllocations: OperationContract = {
  id: 'deleteAllocations',
  tag: TAG,
  summary: 'Delete all allocations of a consumer.',
  answers: () => DELETED,
  refusals: [{ status: 404, when: 'The consumer holds nothing.' }],
};

export const listProviderAllocations: OperationContract = {
  id: 'listProviderAllocations',
  tag: TAG,
  summary: 'Show who holds what of a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: (version) => dated(providerAllocations(version)),
  refusals: [PROVIDER_NOT_FOUND],
};

export const reshapeProviders: OperationContract = {
  id: 'reshape',
  tag: 'Reshaper',
  summary: 'Replace inventories of providers and allocations of consumers in one step.',
  body: (version) => reshaperBody(version).schema,
  answers: () => WRITTEN,
  refusals: [
    {
      status: 409,
      when: `${STALE_OR_IN_USE} ${REFUSED}`,
    },
  ],
};

/** Of a consumer without allocations nothing else is told, at any microversion (http-api §9.7). */
function consumerAllocations(version: Microversion): DocumentSchema {
  const allocations = byProvider(closed({ generation: GENERATION, resources: AMOUNT_BY_CLASS }));
  const held = closed({
    allocations: { ...allocations, minProperties: 1 },
    ...(version < SHOWS_OWNER_SINCE
      ? {}
      : { project_id: documentSchema(EXTERNAL_ID), user_id: documentSchema(EXTERNAL_ID) }),
    ...(version < SHOWS_GENERATION_SINCE ? {} : { consumer_generation: GENERATION }),
    ...(version < SHOWS_TYPE_SINCE
      ? {}
      : { consumer_type: { anyOf: [{ const: 'unknown' }, documentSchema(CONSUMER_TYPE)] } }),
  });
  return { anyOf: [held, closed({ allocations: { type: 'object', maxProperties: 0 } })] };
}

function providerAllocations(version: Microversion): DocumentSchema {
  const consumer = closed({
    ...(version < SHOWS_GENERATION_SINCE ? {} : { consumer_generation: GENERATION }),
    resources: AMOUNT_BY_CLASS,
  });
  return closed({ resource_provider_generation: GENERATION, allocations: byConsumer(consumer) });
}
