// Bodies that carry inventories (http-api §5), the same at every microversion. The reshaper takes the body of
// PUT …/inventories once per provider.

import { bodyValidator } from '../validation/body-validator.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { ALLOCATION_RATIO, boundedInteger, GENERATION, RESOURCE_CLASS_NAME, UPPER_NAME_PATTERN } from './fields.ts';

/** One record as sent: what is absent takes its default. */
export interface InventoryRecord {
  readonly total: number;
  readonly reserved?: number;
  readonly min_unit?: number;
  readonly max_unit?: number;
  readonly step_size?: number;
  readonly allocation_ratio?: number;
}

/** A `resource_provider_generation` is tolerated here, and ignored (http-api §3.3). */
export interface CreateInventoryBody extends InventoryRecord {
  readonly resource_class: string;
}

export interface UpdateInventoryBody extends InventoryRecord {
  readonly resource_provider_generation: number;
}

export interface ReplaceInventoriesBody {
  readonly resource_provider_generation: number;
  /** By class name: any text, since names that no class can have are the operation's to refuse. */
  readonly inventories: Readonly<Record<string, InventoryRecord>>;
}

const RECORD_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  resource_provider_generation: GENERATION,
  total: boundedInteger(1),
  reserved: boundedInteger(0),
  min_unit: boundedInteger(1),
  max_unit: boundedInteger(1),
  step_size: boundedInteger(1),
  allocation_ratio: ALLOCATION_RATIO,
};

function recordSchema(extra: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties: { ...extra, ...RECORD_PROPERTIES },
    required,
    additionalProperties: false,
  };
}

/**
 * Every other key. Its value is a record as well, so that it reaches the operation whole and fails there as an unknown
 * class (http-api §5.4).
 */
const NO_CLASS_NAME_PATTERN = '[^A-Z0-9_]|^$';

const RECORD = recordSchema({}, ['total']);

/** The schema of {@link ReplaceInventoriesBody}. */
export const REPLACE_INVENTORIES: JsonSchema = {
  type: 'object',
  properties: {
    resource_provider_generation: GENERATION,
    inventories: {
      type: 'object',
      patternProperties: { [UPPER_NAME_PATTERN]: RECORD, [NO_CLASS_NAME_PATTERN]: RECORD },
    },
  },
  required: ['resource_provider_generation', 'inventories'],
  additionalProperties: false,
};

/** Checks the body of `POST …/inventories`; throws 400. */
export const createInventoryBody = bodyValidator<CreateInventoryBody>(
  recordSchema({ resource_class: RESOURCE_CLASS_NAME }, ['resource_class', 'total']),
);

/** Checks the body of `PUT …/inventories`; throws 400. */
export const replaceInventoriesBody = bodyValidator<ReplaceInventoriesBody>(REPLACE_INVENTORIES);

/** Checks the body of `PUT …/inventories/{resource_class}`; throws 400. */
export const updateInventoryBody = bodyValidator<UpdateInventoryBody>(
  recordSchema({}, ['total', 'resource_provider_generation']),
);
