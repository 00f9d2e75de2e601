// The contracts of /resource_providers/{uuid}/usages and /usages (http-api §11).

import type { Microversion } from '../../../domain/microversion.ts';
import { UPPER_NAME_PATTERN } from '../../schemas/fields.ts';
import { validateUsageParameters } from '../../schemas/query-schemas.ts';
import type { OperationContract } from '../contract.ts';
import type { DocumentSchema } from '../schema.ts';
import { closed, dated, GENERATION, mapOf, PROVIDER_NOT_FOUND, USED_BY_CLASS, UUID_PARAMETER } from './fields.ts';

const BY_TYPE_SINCE = 38;
/** `all` and `unknown` are special; every other consumer type is an upper-case name. */
const CONSUMER_TYPE_PATTERN = '^(?:[A-Z0-9_]+|all|unknown)$';

const TAG = 'Usages';

export const showProviderUsages: OperationContract = {
  id: 'showProviderUsages',
  tag: TAG,
  summary: 'Show how much of each inventory of a provider is allocated.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => dated(closed({ resource_provider_generation: GENERATION, usages: USED_BY_CLASS })),
  refusals: [PROVIDER_NOT_FOUND],
};

export const showUsages: OperationContract = {
  id: 'showUsages',
  tag: TAG,
  summary: 'Show how much a project, or a user of it, holds in all.',
  query: validateUsageParameters.schemaAt,
  answers: (version) => dated(closed({ usages: usages(version) })),
};

function usages(version: Microversion): DocumentSchema {
  if (version < BY_TYPE_SINCE) return USED_BY_CLASS;
  return mapOf(CONSUMER_TYPE_PATTERN, {
    type: 'object',
    properties: { consumer_count: { type: 'integer', minimum: 1 } },
    patternProperties: { [UPPER_NAME_PATTERN]: { type: 'integer', minimum: 1 } },
    required: ['consumer_count'],
    minProperties: 2,
    additionalProperties: false,
  });
}
