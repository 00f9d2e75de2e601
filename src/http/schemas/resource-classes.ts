// The body that names a custom resource class (http-api §8.3): of POST, of PUT at 1.2–1.6, and from 1.7 the rule for the
// name in the path of PUT.

import { CUSTOM_NAME_PATTERN, NAME_LENGTH_MAX } from '../../domain/resource-class.ts';
import { bodyValidator } from '../validation/body-validator.ts';

export interface ResourceClassBody {
  readonly name: string;
}

/** Checks the body; throws 400. */
export const resourceClassBody = bodyValidator<ResourceClassBody>({
  type: 'object',
  properties: { name: { type: 'string', pattern: CUSTOM_NAME_PATTERN, maxLength: NAME_LENGTH_MAX } },
  required: ['name'],
  additionalProperties: false,
});
