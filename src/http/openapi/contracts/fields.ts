// Pieces that answers of several operations share. Objects are closed: a member too many or too few breaks the
// contract as much as a wrong one.

import { INTEGER_MAX } from '../../../domain/inventory.ts';
import { UPPER_NAME_PATTERN, UUID_KEY_PATTERN } from '../../schemas/fields.ts';
import type { RefusalContract, SuccessContract } from '../contract.ts';
import type { DocumentSchema } from '../schema.ts';

/** An object with exactly these members. */
export function closed(properties: Readonly<Record<string, DocumentSchema>>, title?: string): DocumentSchema {
  return {
    ...(title === undefined ? {} : { title }),
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

/** An object whose keys all match the pattern. */
export function mapOf(keyPattern: string, value: DocumentSchema): DocumentSchema {
  return { type: 'object', patternProperties: { [keyPattern]: value }, additionalProperties: false };
}

export const GENERATION: DocumentSchema = { type: 'integer', minimum: 0 };
const CANONICAL_UUID_PATTERN = '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$';
/** Provider UUIDs are canonical from their creation on (http-api §2.1). */
export const PROVIDER_UUID: DocumentSchema = { type: 'string', pattern: CANONICAL_UUID_PATTERN };
export const PROVIDER_UUID_OR_NULL: DocumentSchema = { anyOf: [PROVIDER_UUID, { type: 'null' }] };
export const TRAIT_NAMES: DocumentSchema = {
  type: 'array',
  items: { type: 'string', pattern: UPPER_NAME_PATTERN, maxLength: 255 },
  uniqueItems: true,
};

export function byProvider(value: DocumentSchema): DocumentSchema {
  return mapOf(CANONICAL_UUID_PATTERN, value);
}

/** Consumers are named by whatever key they were written under. */
export function byConsumer(value: DocumentSchema): DocumentSchema {
  return mapOf(UUID_KEY_PATTERN, value);
}

export function byResourceClass(value: DocumentSchema): DocumentSchema {
  return mapOf(UPPER_NAME_PATTERN, value);
}

/** Resource class → sum of amounts, which may exceed what one inventory holds. */
export const USED_BY_CLASS = byResourceClass({ type: 'integer', minimum: 0 });
/** Resource class → amount of one allocation. */
export const AMOUNT_BY_CLASS: DocumentSchema = {
  ...byResourceClass({ type: 'integer', minimum: 1, maximum: INTEGER_MAX }),
  minProperties: 1,
};

/** The path parameter that addresses a provider. Other text is no error of its own: nothing has that name. */
export const UUID_PARAMETER: DocumentSchema = { ...PROVIDER_UUID, description: "The provider's UUID." };

export const PROVIDER_NOT_FOUND: RefusalContract = { status: 404, when: 'No provider has this UUID.' };

export const DELETED: readonly SuccessContract[] = [{ status: 204, description: 'Deleted.' }];
export const WRITTEN: readonly SuccessContract[] = [{ status: 204, description: 'Written.' }];

/** 200 with a body and the headers of a dated answer. */
export function dated(body: DocumentSchema, description = 'Found.'): readonly SuccessContract[] {
  return [{ status: 200, description, body, dated: true }];
}
