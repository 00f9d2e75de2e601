// The contracts of /resource_providers and /resource_providers/{uuid} (http-api §4).

import type { Microversion } from '../../../domain/microversion.ts';
import { PROVIDER_NAME_LENGTH_MAX } from '../../schemas/fields.ts';
import { validateProviderListParameters } from '../../schemas/query-schemas.ts';
import { createProviderBody, updateProviderBody } from '../../schemas/resource-providers.ts';
import type { OperationContract } from '../contract.ts';
import type { DocumentSchema } from '../schema.ts';
import {
  closed,
  DELETED,
  dated,
  GENERATION,
  PROVIDER_NOT_FOUND,
  PROVIDER_UUID,
  PROVIDER_UUID_OR_NULL,
  UUID_PARAMETER,
} from './fields.ts';

const SHOWS_TREE_SINCE = 14;
const CREATE_ANSWERS_SINCE = 20;

/** In the order shown (http-api §4.1). */
const LINKS: readonly (readonly [since: number, rel: string, suffix: string])[] = [
  [0, 'self', ''],
  [0, 'inventories', '/inventories'],
  [0, 'usages', '/usages'],
  [1, 'aggregates', '/aggregates'],
  [6, 'traits', '/traits'],
  [11, 'allocations', '/allocations'],
];

const TAG = 'Resource providers';
const NAME_TAKEN = 'The name is taken by another provider.';

export const listResourceProviders: OperationContract = {
  id: 'listResourceProviders',
  tag: TAG,
  summary: 'List the providers that pass all of the filters.',
  query: validateProviderListParameters.schemaAt,
  repeatable: (version) => [...(version >= 24 ? ['member_of'] : []), ...(version >= 39 ? ['required'] : [])],
  answers: (version) => dated(closed({ resource_providers: { type: 'array', items: provider(version) } })),
};

export const createResourceProvider: OperationContract = {
  id: 'createResourceProvider',
  tag: TAG,
  summary: 'Create a provider.',
  body: (version) => createProviderBody(version).schema,
  answers: (version) =>
    version < CREATE_ANSWERS_SINCE
      ? [{ status: 201, description: 'Created.', location: true }]
      : [{ status: 200, description: 'Created.', body: provider(version), location: true, dated: true }],
  refusals: [{ status: 409, when: `The UUID is taken. ${NAME_TAKEN}` }],
};

export const showResourceProvider: OperationContract = {
  id: 'showResourceProvider',
  tag: TAG,
  summary: 'Show a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: (version) => dated(provider(version)),
  refusals: [PROVIDER_NOT_FOUND],
};

export const updateResourceProvider: OperationContract = {
  id: 'updateResourceProvider',
  tag: TAG,
  summary: 'Rename a provider, or change its parent.',
  parameters: { uuid: UUID_PARAMETER },
  body: (version) => updateProviderBody(version).schema,
  answers: (version) => dated(provider(version), 'Updated.'),
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: NAME_TAKEN }],
};

export const deleteResourceProvider: OperationContract = {
  id: 'deleteResourceProvider',
  tag: TAG,
  summary: 'Delete a provider with its inventories and its associations.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => DELETED,
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: 'The provider has children. The provider has allocations.' }],
};

function provider(version: Microversion): DocumentSchema {
  return closed(
    {
      uuid: PROVIDER_UUID,
      name: { type: 'string', maxLength: PROVIDER_NAME_LENGTH_MAX },
      generation: GENERATION,
      ...(version < SHOWS_TREE_SINCE
        ? {}
        : { parent_provider_uuid: PROVIDER_UUID_OR_NULL, root_provider_uuid: PROVIDER_UUID }),
      links: links(version),
    },
    'ResourceProvider',
  );
}

function links(version: Microversion): DocumentSchema {
  const shown = LINKS.filter(([since]) => since <= version);
  return {
    type: 'array',
    prefixItems: shown.map(([, rel, suffix]) => link(rel, `/resource_providers/[0-9a-f-]{36}${suffix}`)),
    items: false,
    minItems: shown.length,
  };
}

/** Never absolute: a path below the mount prefix (http-api §1.15). */
function link(rel: string, path: string): DocumentSchema {
  return closed({ rel: { const: rel }, href: { type: 'string', pattern: `^(?:/[^?#]*)?${path}$` } });
}
