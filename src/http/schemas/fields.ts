// Fields that several bodies share (http-api §2.1–2.3). In a schema the order of keywords and properties is the order in
// which failures of equal depth are reported (http-api §2.4).

import { ALLOCATION_RATIO_MAX, INTEGER_MAX } from '../../domain/inventory.ts';
import { NAME_LENGTH_MAX } from '../../domain/resource-class.ts';
import type { JsonSchema } from '../validation/json-schema.ts';

/** Class names and consumer types, standard or custom. */
export const UPPER_NAME_PATTERN = '^[A-Z0-9_]+$';
/** Keys that name a provider or a consumer: 36 hex digits or dashes, taken verbatim. */
export const UUID_KEY_PATTERN = '^[0-9a-fA-F-]{36}$';
/** Longest provider name, in code points. */
export const PROVIDER_NAME_LENGTH_MAX = 200;

export const LENIENT_UUID: JsonSchema = { type: 'string', format: 'uuid' };
export const LENIENT_UUID_OR_NULL: JsonSchema = { anyOf: [LENIENT_UUID, { type: 'null' }] };
export const PROVIDER_NAME: JsonSchema = { type: 'string', maxLength: PROVIDER_NAME_LENGTH_MAX };
/** Project and user ids: anything but the empty string. */
export const EXTERNAL_ID: JsonSchema = { type: 'string', minLength: 1, maxLength: NAME_LENGTH_MAX };
export const RESOURCE_CLASS_NAME: JsonSchema = { type: 'string', pattern: UPPER_NAME_PATTERN };
export const CONSUMER_TYPE: JsonSchema = {
  type: 'string',
  pattern: UPPER_NAME_PATTERN,
  minLength: 1,
  maxLength: NAME_LENGTH_MAX,
};
export const GENERATION: JsonSchema = { type: 'integer' };
export const GENERATION_OR_NULL: JsonSchema = { type: ['integer', 'null'] };

/** `minimum` … 2147483647 */
export function boundedInteger(minimum: number): JsonSchema {
  return { type: 'integer', minimum, maximum: INTEGER_MAX };
}

/** No minimum: a negative ratio fails the capacity rule of the operation instead (http-api §5.1). */
export const ALLOCATION_RATIO: JsonSchema = { type: 'number', maximum: ALLOCATION_RATIO_MAX };
