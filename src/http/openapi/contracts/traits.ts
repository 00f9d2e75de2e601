// The contracts of /traits, /traits/{name} and /resource_providers/{uuid}/traits (http-api §7).

import { CUSTOM_NAME_PATTERN, NAME_LENGTH_MAX } from '../../../domain/resource-class.ts';
import { UPPER_NAME_PATTERN } from '../../schemas/fields.ts';
import { providerTraitsBody } from '../../schemas/provider-traits.ts';
import { validateTraitListParameters } from '../../schemas/query-schemas.ts';
import type { OperationContract, RefusalContract } from '../contract.ts';
import { closed, DELETED, dated, GENERATION, PROVIDER_NOT_FOUND, TRAIT_NAMES, UUID_PARAMETER } from './fields.ts';

const TAG = 'Traits';
const NAME_PARAMETER = { name: { type: 'string', pattern: UPPER_NAME_PATTERN, maxLength: NAME_LENGTH_MAX } } as const;
const NOT_FOUND: RefusalContract = { status: 404, when: 'There is no such trait.' };
const PROVIDER_TRAITS = closed({ traits: TRAIT_NAMES, resource_provider_generation: GENERATION }, 'ProviderTraits');

export const listTraits: OperationContract = {
  id: 'listTraits',
  tag: TAG,
  summary: 'List traits.',
  query: () => validateTraitListParameters.schema,
  answers: () => dated(closed({ traits: TRAIT_NAMES })),
};

export const showTrait: OperationContract = {
  id: 'showTrait',
  tag: TAG,
  summary: 'Tell whether a trait exists.',
  parameters: NAME_PARAMETER,
  answers: () => [{ status: 204, description: 'The trait exists.', dated: true }],
  refusals: [NOT_FOUND],
};

export const ensureTrait: OperationContract = {
  id: 'ensureTrait',
  tag: TAG,
  summary: 'Make sure that a custom trait exists.',
  parameters: { name: { type: 'string', pattern: CUSTOM_NAME_PATTERN, maxLength: NAME_LENGTH_MAX } },
  answers: () => [
    { status: 201, description: 'Created.', location: true, dated: true },
    { status: 204, description: 'It existed.', location: true, dated: true },
  ],
};

export const deleteTrait: OperationContract = {
  id: 'deleteTrait',
  tag: TAG,
  summary: 'Delete a custom trait.',
  parameters: NAME_PARAMETER,
  answers: () => DELETED,
  refusals: [NOT_FOUND, { status: 409, when: 'A provider has the trait.' }],
};

export const listProviderTraits: OperationContract = {
  id: 'listProviderTraits',
  tag: TAG,
  summary: 'Show the traits of a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => dated(PROVIDER_TRAITS),
  refusals: [PROVIDER_NOT_FOUND],
};

export const replaceProviderTraits: OperationContract = {
  id: 'replaceProviderTraits',
  tag: TAG,
  summary: 'Say which traits a provider has.',
  parameters: { uuid: UUID_PARAMETER },
  body: () => providerTraitsBody.schema,
  answers: () => dated(PROVIDER_TRAITS, 'Replaced.'),
  refusals: [PROVIDER_NOT_FOUND, { status: 409, when: 'The generation sent is not that of the provider.' }],
};

export const clearProviderTraits: OperationContract = {
  id: 'clearProviderTraits',
  tag: TAG,
  summary: 'Take all traits from a provider.',
  parameters: { uuid: UUID_PARAMETER },
  answers: () => DELETED,
  refusals: [PROVIDER_NOT_FOUND],
};
