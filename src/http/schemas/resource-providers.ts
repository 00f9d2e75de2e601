// Bodies of POST and PUT of resource providers (http-api §4.3, §4.5): the parent may be named from 1.14.

import { bodyValidator } from '../validation/body-validator.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { byMicroversion } from './by-microversion.ts';
import { LENIENT_UUID, LENIENT_UUID_OR_NULL, PROVIDER_NAME } from './fields.ts';

const PARENT_SINCE = 14;

/** `uuid` in any lenient spelling; a parent verbatim. Absent members stay absent. */
export interface CreateProviderBody {
  readonly name: string;
  readonly uuid?: string;
  readonly parent_provider_uuid?: string | null;
}

/** An absent parent keeps the present one; null makes the provider a root. */
export interface UpdateProviderBody {
  readonly name: string;
  readonly parent_provider_uuid?: string | null;
}

function providerBody(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: ['name'], additionalProperties: false };
}

/** Checks the body of `POST /resource_providers`; throws 400. */
export const createProviderBody = byMicroversion([
  [0, bodyValidator<CreateProviderBody>(providerBody({ name: PROVIDER_NAME, uuid: LENIENT_UUID }))],
  [
    PARENT_SINCE,
    bodyValidator<CreateProviderBody>(
      providerBody({ name: PROVIDER_NAME, uuid: LENIENT_UUID, parent_provider_uuid: LENIENT_UUID_OR_NULL }),
    ),
  ],
]);

/** Checks the body of `PUT /resource_providers/{uuid}`; throws 400. */
export const updateProviderBody = byMicroversion([
  [0, bodyValidator<UpdateProviderBody>(providerBody({ name: PROVIDER_NAME }))],
  [
    PARENT_SINCE,
    bodyValidator<UpdateProviderBody>(
      providerBody({ name: PROVIDER_NAME, parent_provider_uuid: LENIENT_UUID_OR_NULL }),
    ),
  ],
]);
