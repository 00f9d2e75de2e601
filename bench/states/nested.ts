// Compute nodes as trees of seven providers: a root with the disk, two NUMA nodes with processors and memory, of which one
// has a trait of its own, and below each an FPGA and a virtual GPU.

import { type State, type StateProvider, uuidOf } from './state.ts';

export const PROVIDERS_PER_TREE = 7;

export function nestedState(trees: number): State {
  return {
    name: `nested, ${trees} trees`,
    *providers(): Iterable<StateProvider> {
      for (let tree = 0; tree < trees; tree += 1) yield* treeOf(tree);
    },
  };
}

function* treeOf(tree: number): Iterable<StateProvider> {
  const root = tree * PROVIDERS_PER_TREE;
  let place = root;
  const provider = (
    parent: number | null,
    inventories: Readonly<Record<string, number>>,
    traits: readonly string[],
  ): StateProvider => {
    const index = place;
    place += 1;
    return {
      ...{ uuid: uuidOf('nested', index), name: `nested-${index}`, root, parent, traits, aggregates: [] },
      inventories: Object.fromEntries(Object.entries(inventories).map(([name, total]) => [name, { total }])),
    };
  };
  yield provider(null, { DISK_GB: 4_000 }, ['COMPUTE_VOLUME_MULTI_ATTACH']);
  for (const traits of [['CUSTOM_FOO'], []]) {
    const numa = place;
    yield provider(root, { VCPU: 32, MEMORY_MB: 131_072 }, traits);
    yield provider(numa, { FPGA: 1 }, []);
    yield provider(numa, { VGPU: 8 }, []);
  }
}
