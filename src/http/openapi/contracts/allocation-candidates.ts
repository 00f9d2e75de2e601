// The contract of /allocation_candidates (http-api §13).

import type { Microversion } from '../../../domain/microversion.ts';
import { validateCandidateParameters } from '../../schemas/query-schemas.ts';
import type { OperationContract } from '../contract.ts';
import type { DocumentSchema } from '../schema.ts';
import {
  AMOUNT_BY_CLASS,
  byProvider,
  byResourceClass,
  closed,
  dated,
  mapOf,
  PROVIDER_UUID,
  PROVIDER_UUID_OR_NULL,
  TRAIT_NAMES,
} from './fields.ts';

const OBJECT_FORM_SINCE = 12;
const SHOWS_TRAITS_SINCE = 17;
const SHOWS_TREE_SINCE = 29;
const SHOWS_MAPPINGS_SINCE = 34;

/** Since which microversion more than one value of a parameter counts. */
const REPEATABLE: readonly (readonly [since: number, name: string])[] = [
  [24, 'member_of'],
  [36, 'same_subtree'],
  [39, 'required'],
];

export const listAllocationCandidates: OperationContract = {
  id: 'listAllocationCandidates',
  tag: 'Allocation candidates',
  summary: 'Find out which providers could serve a request.',
  query: validateCandidateParameters.schemaAt,
  repeatable: (version) => REPEATABLE.filter(([since]) => since <= version).map(([, name]) => name),
  answers: (version) =>
    dated(
      closed({
        allocation_requests: { type: 'array', items: allocationRequest(version) },
        provider_summaries: byProvider(summary(version)),
      }),
    ),
};

/** Its `allocations` can be written back as they are at the same microversion (http-api §13.5). */
function allocationRequest(version: Microversion): DocumentSchema {
  const resources = closed({ resources: AMOUNT_BY_CLASS });
  const allocations: DocumentSchema =
    version < OBJECT_FORM_SINCE
      ? {
          type: 'array',
          minItems: 1,
          items: closed({ resource_provider: closed({ uuid: PROVIDER_UUID }), resources: AMOUNT_BY_CLASS }),
        }
      : { ...byProvider(resources), minProperties: 1 };
  return closed(
    { allocations, ...(version < SHOWS_MAPPINGS_SINCE ? {} : { mappings: mappings() }) },
    'AllocationRequest',
  );
}

/** By suffix of a request group; the group without one is `""`. */
function mappings(): DocumentSchema {
  const providers: DocumentSchema = { type: 'array', minItems: 1, items: PROVIDER_UUID, uniqueItems: true };
  return { ...mapOf('^[a-zA-Z0-9_-]{0,64}$', providers), minProperties: 1 };
}

/** A capacity is a product that may be beyond any integer type, and below zero after a reshape. */
function summary(version: Microversion): DocumentSchema {
  const amounts = closed({ capacity: { type: 'integer' }, used: { type: 'integer', minimum: 0 } });
  return closed(
    {
      resources: byResourceClass(amounts),
      ...(version < SHOWS_TRAITS_SINCE ? {} : { traits: TRAIT_NAMES }),
      ...(version < SHOWS_TREE_SINCE
        ? {}
        : { parent_provider_uuid: PROVIDER_UUID_OR_NULL, root_provider_uuid: PROVIDER_UUID }),
    },
    'ProviderSummary',
  );
}
