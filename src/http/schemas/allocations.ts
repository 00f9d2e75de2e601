// Bodies of allocation writes by microversion (http-api §9.2, §9.3). One consumer's part is the same in PUT, POST and the
// reshaper of a microversion; only PUT below 1.28 refuses an empty set of allocations.

import { bodyValidator } from '../validation/body-validator.ts';
import type { JsonSchema } from '../validation/json-schema.ts';
import { byMicroversion } from './by-microversion.ts';
import {
  CONSUMER_TYPE,
  EXTERNAL_ID,
  GENERATION,
  GENERATION_OR_NULL,
  LENIENT_UUID,
  UPPER_NAME_PATTERN,
  UUID_KEY_PATTERN,
} from './fields.ts';

/** From here on allocations are an object by provider; before, a list. */
export const ALLOCATIONS_BY_PROVIDER_SINCE = 12;

/** Class name → amount ≥ 1. */
export type ResourcesBody = Readonly<Record<string, number>>;

/** PUT at 1.0–1.11. Project and user are there from 1.8. */
export interface AllocationListBody {
  readonly allocations: readonly {
    readonly resource_provider: { readonly uuid: string };
    readonly resources: ResourcesBody;
  }[];
  readonly project_id?: string;
  readonly user_id?: string;
}

/** One consumer's part from 1.12; `mappings` and a provider's `generation` are tolerated and ignored. */
export interface ConsumerAllocationsBody {
  readonly allocations: Readonly<Record<string, { readonly resources: ResourcesBody }>>;
  readonly project_id: string;
  readonly user_id: string;
  readonly consumer_generation?: number | null;
  readonly consumer_type?: string;
}

/** By consumer UUID. */
export type ConsumersBody = Readonly<Record<string, ConsumerAllocationsBody>>;

const RESOURCES: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  patternProperties: { [UPPER_NAME_PATTERN]: { type: 'integer', minimum: 1 } },
};

const ALLOCATION_LIST: JsonSchema = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    properties: {
      resource_provider: {
        type: 'object',
        properties: { uuid: LENIENT_UUID },
        required: ['uuid'],
        additionalProperties: false,
      },
      resources: RESOURCES,
    },
    required: ['resource_provider', 'resources'],
    additionalProperties: false,
  },
};

const PROVIDER_ALLOCATION: JsonSchema = {
  type: 'object',
  properties: { generation: GENERATION, resources: RESOURCES },
  additionalProperties: false,
  required: ['resources'],
};

const ALLOCATIONS_MAYBE_EMPTY: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { [UUID_KEY_PATTERN]: PROVIDER_ALLOCATION },
};
const ALLOCATIONS_NOT_EMPTY: JsonSchema = { ...ALLOCATIONS_MAYBE_EMPTY, minProperties: 1 };

/** The pattern is not anchored: a key that holds no character of a suffix, such as `""`, may have any value. */
const MAPPINGS: JsonSchema = {
  type: 'object',
  minProperties: 1,
  patternProperties: { '[a-zA-Z0-9_-]{1,64}': { type: 'array', minItems: 1, items: LENIENT_UUID } },
};

/** A closed object whose members are all required, but for `optional` ones. */
function memberSchema(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const OWNER = { project_id: EXTERNAL_ID, user_id: EXTERNAL_ID };

const withOwner = (allocations: JsonSchema) => memberSchema({ allocations, ...OWNER });

const CONSUMER_SINCE_13 = withOwner(ALLOCATIONS_MAYBE_EMPTY);
const CONSUMER_SINCE_28 = memberSchema({
  allocations: ALLOCATIONS_MAYBE_EMPTY,
  ...OWNER,
  consumer_generation: GENERATION_OR_NULL,
});
const CONSUMER_SINCE_34 = memberSchema(
  { allocations: ALLOCATIONS_MAYBE_EMPTY, ...OWNER, consumer_generation: GENERATION_OR_NULL },
  { mappings: MAPPINGS },
);
const CONSUMER_SINCE_38 = memberSchema(
  {
    allocations: ALLOCATIONS_MAYBE_EMPTY,
    ...OWNER,
    consumer_generation: GENERATION_OR_NULL,
    consumer_type: CONSUMER_TYPE,
  },
  { mappings: MAPPINGS },
);

/** One consumer's part in POST and in the reshaper, for each microversion where it changes. */
export const CONSUMER_ALLOCATIONS: readonly (readonly [since: number, schema: JsonSchema])[] = [
  [13, CONSUMER_SINCE_13],
  [28, CONSUMER_SINCE_28],
  [34, CONSUMER_SINCE_34],
  [38, CONSUMER_SINCE_38],
];

/** An object from 36-character keys to `member`. */
export function byUuidKey(member: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: false, patternProperties: { [UUID_KEY_PATTERN]: member } };
}

/** Checks the body of `PUT /allocations/{consumer_uuid}` below 1.12; throws 400. */
export const allocationListBody = byMicroversion([
  [0, bodyValidator<AllocationListBody>(memberSchema({ allocations: ALLOCATION_LIST }))],
  [8, bodyValidator<AllocationListBody>(withOwner(ALLOCATION_LIST))],
]);

/** Checks the body of `PUT /allocations/{consumer_uuid}` from 1.12; throws 400. */
export const consumerAllocationsBody = byMicroversion([
  [12, bodyValidator<ConsumerAllocationsBody>(withOwner(ALLOCATIONS_NOT_EMPTY))],
  [28, bodyValidator<ConsumerAllocationsBody>(CONSUMER_SINCE_28)],
  [34, bodyValidator<ConsumerAllocationsBody>(CONSUMER_SINCE_34)],
  [38, bodyValidator<ConsumerAllocationsBody>(CONSUMER_SINCE_38)],
]);

/** Checks the body of `POST /allocations`; throws 400. */
export const consumersBody = byMicroversion(
  CONSUMER_ALLOCATIONS.map(([since, schema]) => [
    since,
    bodyValidator<ConsumersBody>({ ...byUuidKey(schema), minProperties: 1 }),
  ]),
);
