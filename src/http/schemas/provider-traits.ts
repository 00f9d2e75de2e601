// Body of PUT /resource_providers/{uuid}/traits (http-api §7.6), the same at every microversion.

import { NAME_LENGTH_MAX } from '../../domain/resource-class.ts';
import { bodyValidator } from '../validation/body-validator.ts';
import { GENERATION } from './fields.ts';

/** Traits may be named twice; the operation takes them as a set. */
export interface ProviderTraitsBody {
  readonly traits: readonly string[];
  readonly resource_provider_generation: number;
}

/** Checks the body; throws 400. */
export const providerTraitsBody = bodyValidator<ProviderTraitsBody>({
  type: 'object',
  properties: {
    traits: { type: 'array', items: { type: 'string', minLength: 1, maxLength: NAME_LENGTH_MAX } },
    resource_provider_generation: GENERATION,
  },
  required: ['traits', 'resource_provider_generation'],
  additionalProperties: false,
});
