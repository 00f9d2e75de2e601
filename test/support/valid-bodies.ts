// A valid JSON body for every operation that takes one, at any microversion of it: the ground from which tests change
// one thing.

import { randomUUID } from 'node:crypto';
import type { Json } from './client.ts';

/** What the bodies speak of. All of it exists, but the consumers and what they make. */
export interface BodyTarget {
  /** A provider for everything but claims, with inventory of VCPU and MEMORY_MB and nothing claimed. */
  readonly stock: string;
  readonly stockGeneration: number;
  /** A provider with inventory of VCPU for claims. */
  readonly held: string;
}

const RECORD = { total: 64, reserved: 1, min_unit: 1, max_unit: 8, step_size: 1, allocation_ratio: 1.5 };

type Body = (target: BodyTarget, version: number) => Json;

/** The part of one consumer, as an object by provider. */
function claimOf({ held }: BodyTarget, version: number): Json {
  return {
    allocations: { [held]: { resources: { VCPU: 1 }, generation: 0 } },
    project_id: 'a-project',
    user_id: 'a-user',
    ...(version < 28 ? {} : { consumer_generation: null }),
    ...(version < 34 ? {} : { mappings: { '': [held] } }),
    ...(version < 38 ? {} : { consumer_type: 'INSTANCE' }),
  };
}

function claimList({ held }: BodyTarget, version: number): Json {
  return {
    allocations: [{ resource_provider: { uuid: held }, resources: { VCPU: 1 } }],
    ...(version < 8 ? {} : { project_id: 'a-project', user_id: 'a-user' }),
  };
}

/** By the id of the operation in the OpenAPI document. */
export const VALID_BODIES: ReadonlyMap<string, Body> = new Map<string, Body>([
  ['createResourceClass', () => ({ name: 'CUSTOM_NEW' })],
  ['renameResourceClass', () => ({ name: 'CUSTOM_NEW' })],
  [
    'createResourceProvider',
    ({ stock }, version) => ({
      name: randomUUID(),
      uuid: randomUUID(),
      ...(version < 14 ? {} : { parent_provider_uuid: stock }),
    }),
  ],
  [
    'updateResourceProvider',
    (_, version) => ({ name: randomUUID(), ...(version < 14 ? {} : { parent_provider_uuid: null }) }),
  ],
  ['createInventory', () => ({ resource_class: 'DISK_GB', ...RECORD })],
  ['updateInventory', ({ stockGeneration }) => ({ resource_provider_generation: stockGeneration, ...RECORD })],
  [
    'replaceInventories',
    ({ stockGeneration }) => ({
      resource_provider_generation: stockGeneration,
      inventories: { VCPU: RECORD, MEMORY_MB: RECORD },
    }),
  ],
  [
    'replaceAggregates',
    ({ stockGeneration }, version) =>
      version < 19 ? [randomUUID()] : { aggregates: [randomUUID()], resource_provider_generation: stockGeneration },
  ],
  [
    'replaceProviderTraits',
    ({ stockGeneration }) => ({ traits: ['HW_CPU_X86_AVX'], resource_provider_generation: stockGeneration }),
  ],
  ['writeAllocations', (target, version) => (version < 12 ? claimList(target, version) : claimOf(target, version))],
  ['writeAllocationsOfConsumers', (target, version) => ({ [randomUUID()]: claimOf(target, version) })],
  [
    'reshape',
    (target, version) => ({
      inventories: {
        [target.stock]: {
          resource_provider_generation: target.stockGeneration,
          inventories: { VCPU: RECORD, MEMORY_MB: RECORD },
        },
      },
      allocations: { [randomUUID()]: claimOf(target, version) },
    }),
  ],
]);
