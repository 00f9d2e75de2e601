// Hosts with many equal devices, each a provider of its own with one physical GPU.

import { type State, type StateProvider, uuidOf } from './state.ts';

export function wideState(roots: number, devices: number): State {
  return {
    name: `wide, ${roots} × ${devices} devices`,
    *providers(): Iterable<StateProvider> {
      for (let host = 0; host < roots; host += 1) {
        const root = host * (devices + 1);
        for (let index = root; index <= root + devices; index += 1) {
          const isRoot = index === root;
          yield {
            ...{ uuid: uuidOf('wide', index), name: `wide-${index}`, root, parent: isRoot ? null : root },
            ...{ inventories: isRoot ? { VCPU: { total: 64 } } : { PGPU: { total: 1 } }, traits: [], aggregates: [] },
          };
        }
      }
    },
  };
}
