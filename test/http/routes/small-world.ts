// A world of three providers, that of http-api §13.7, as the smallest reader of a model there can be: tests of formats
// need something to show, not something that changes.

import type { AggregateUuid, ProviderId, ResourceClassId, TraitId } from '../../../src/domain/ids.ts';
import { providerUuid } from '../../../src/domain/ids.ts';
import { INTEGER_MAX, type InventoryUse } from '../../../src/domain/inventory.ts';
import { STANDARD_RESOURCE_CLASSES } from '../../../src/domain/resource-class.ts';
import { type ModelReader, type ProviderNumber, providerNumber } from '../../../src/model/reader.ts';

interface Row {
  readonly uuid: string;
  readonly name: string;
  readonly parent: number | null;
  readonly inventories: readonly {
    resourceClass: string;
    total: number;
    reserved?: number;
    ratio?: number;
    used?: number;
  }[];
  readonly traits: readonly string[];
}

export const COMPUTE = '11111111-0000-4000-8000-000000000001';
export const STORAGE = '22222222-0000-4000-8000-000000000002';
export const NETWORK = '44444444-0000-4000-8000-000000000004';

const ROWS: readonly Row[] = [
  {
    uuid: COMPUTE,
    name: 'cn1',
    parent: null,
    inventories: [
      { resourceClass: 'VCPU', total: 4, ratio: 2, used: 1 },
      { resourceClass: 'MEMORY_MB', total: 2048, reserved: 48 },
    ],
    traits: ['HW_CPU_X86_SSE', 'CUSTOM_A'],
  },
  {
    uuid: STORAGE,
    name: 'shared "disk" \u2603',
    parent: null,
    inventories: [{ resourceClass: 'DISK_GB', total: 100, ratio: 0.995 }],
    traits: ['MISC_SHARES_VIA_AGGREGATE'],
  },
  { uuid: NETWORK, name: 'nic', parent: 0, inventories: [{ resourceClass: 'SRIOV_NET_VF', total: 8 }], traits: [] },
];

/** Standard resource classes only; every provider has generation 10 plus its number, and was changed at that minute. */
export const smallWorld: ModelReader = {
  providerCount: ROWS.length,
  hasPlainUuids: true,
  numberOfUuid: (uuid) => {
    const index = ROWS.findIndex((row) => row.uuid === uuid);
    return index < 0 ? undefined : providerNumber(index);
  },
  providers: () => ROWS.map((_, index) => providerNumber(index)),
  id: (provider) => branded<ProviderId>(provider + 1),
  uuid: (provider) => providerUuid(row(provider).uuid),
  name: (provider) => row(provider).name,
  generation: (provider) => 10 + provider,
  parent: (provider) => {
    const { parent } = row(provider);
    return parent === null ? undefined : providerNumber(parent);
  },
  root: (provider) => providerNumber(row(provider).parent ?? provider),
  modifiedAtMs: (provider) => provider * 60_000,
  inventories: (provider) => row(provider).inventories.map(inventoryUse),
  traitNames: (provider) => row(provider).traits,
  traitsModifiedAtMs: () => null,
  aggregates: (): readonly AggregateUuid[] => [],
  revision: () => 1,
  resourceClassId: (name) => {
    const index = STANDARD_RESOURCE_CLASSES.indexOf(name);
    return index < 0 ? undefined : branded<ResourceClassId>(index);
  },
  resourceClassName: (id) => STANDARD_RESOURCE_CLASSES[id] ?? '',
  traitId: (): TraitId | undefined => undefined,
};

export function classId(name: string): ResourceClassId {
  return branded<ResourceClassId>(STANDARD_RESOURCE_CLASSES.indexOf(name));
}

function row(provider: ProviderNumber): Row {
  const found = ROWS[provider];
  if (found === undefined) throw new RangeError(`no provider ${provider}`);
  return found;
}

function inventoryUse({ resourceClass, total, reserved, ratio, used }: Row['inventories'][number]): InventoryUse {
  return {
    resourceClassId: classId(resourceClass),
    total,
    reserved: reserved ?? 0,
    minUnit: 1,
    maxUnit: INTEGER_MAX,
    stepSize: 1,
    allocationRatio: ratio ?? 1,
    used: used ?? 0,
    modifiedAtMs: null,
  };
}

/** Gives a number the brand that a database row would have given it. */
export function branded<Branded extends number>(value: number): Branded {
  if (!isBranded<Branded>(value)) throw new TypeError('an id must be an integer');
  return value;
}

function isBranded<Branded extends number>(value: number): value is Branded {
  return Number.isInteger(value);
}
