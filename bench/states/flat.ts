// Hosts without children, all in one aggregate and with one trait: the plain fleet of compute nodes.

import { type State, type StateInventory, type StateProvider, uuidOf } from './state.ts';

export const AGGREGATE = uuidOf('aggregate', 0);
export const TRAIT = 'HW_CPU_X86_AVX2';

const HOST = { VCPU: { total: 64, allocationRatio: 16 }, MEMORY_MB: { total: 262_144 }, DISK_GB: { total: 4_000 } };
/** So large that no run fills it: a claim is refused for what the service does, not for want of room. */
const ROOMY = { VCPU: { total: 20_000_000 }, MEMORY_MB: { total: 2_000_000_000 }, DISK_GB: { total: 200_000_000 } };

export function flatState(count: number): State {
  return hosts(`flat, ${count}`, count, HOST);
}

export function roomyState(count: number): State {
  return hosts(`roomy, ${count}`, count, ROOMY);
}

/** Roomy hosts without disks of their own, and behind them one provider of storage that shares its own with all. */
export function sharedStorageState(count: number): State {
  const { DISK_GB, ...own } = ROOMY;
  const { name, providers } = hosts(`shared storage, ${count}`, count, own);
  return {
    name,
    *providers() {
      yield* providers();
      yield {
        ...{ uuid: hostUuid(count), name: 'storage', root: count, parent: null, inventories: { DISK_GB } },
        ...{ traits: ['MISC_SHARES_VIA_AGGREGATE'], aggregates: [AGGREGATE] },
      };
    },
  };
}

export function hostUuid(index: number): string {
  return uuidOf('host', index);
}

function hosts(name: string, count: number, inventories: Readonly<Record<string, StateInventory>>): State {
  return {
    name,
    *providers(): Iterable<StateProvider> {
      for (let index = 0; index < count; index += 1) {
        yield {
          ...{ uuid: hostUuid(index), name: `host-${index}`, root: index, parent: null, inventories },
          ...{ traits: [TRAIT], aggregates: [AGGREGATE] },
        };
      }
    },
  };
}
