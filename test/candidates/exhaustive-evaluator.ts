// The search, plain and slow: allocation-candidates §3.7 written down over provider states, with nothing in it to be
// clever about. What the real search finds is compared with this.

import type { CandidateQuery, RequestGroup } from '../../src/candidates/query.ts';
import { capacity, fits, type InventoryUse } from '../../src/domain/inventory.ts';
import type { ProviderState } from '../../src/domain/resource-provider.ts';
import { SHARING_TRAIT } from '../../src/domain/trait.ts';
import type { State } from '../support/state.ts';
import { sortedJson } from './normal-form.ts';

interface Provider {
  readonly uuid: string;
  readonly state: ProviderState;
  readonly traits: ReadonlySet<string>;
  readonly aggregates: ReadonlySet<string>;
  /** By class name. */
  readonly inventories: ReadonlyMap<string, InventoryUse>;
}

/** One way to serve one group: class → provider for the unsuffixed group, one provider for a suffixed one. */
interface Solution {
  readonly used: readonly Provider[];
  readonly puts: readonly { readonly provider: Provider; readonly resourceClass: string; readonly amount: number }[];
}

export interface ExhaustiveAnswer {
  /** Allocations and mappings of every candidate as sorted JSON, each once, sorted. */
  readonly candidates: readonly string[];
  /** For each candidate of `candidates`, the uuids that a summary for it alone has. */
  readonly summarised: ReadonlyMap<string, readonly string[]>;
}

/** All candidates; `limit` is not applied. The query must name only what exists. */
export function evaluate(state: State, query: CandidateQuery): ExhaustiveAnswer {
  const world = worldOf(state);
  const results = new Map<string, readonly string[]>();
  for (const anchor of world.filter((provider) => isRoot(provider) && isEligible(provider, query))) {
    const lists = query.groups.map((group) => solutions(world, group, anchor));
    for (const combination of product(lists)) {
      if (!isValid(world, query, combination)) continue;
      const allocations: Record<string, { resources: Record<string, number> }> = {};
      for (const { provider, resourceClass, amount } of combination.flatMap(({ puts }) => puts)) {
        allocations[provider.uuid] ??= { resources: {} };
        const resources = allocations[provider.uuid]?.resources ?? {};
        resources[resourceClass] = (resources[resourceClass] ?? 0) + amount;
      }
      const giving = world.filter(({ uuid }) => uuid in allocations);
      if (query.version < 29 && new Set(giving.map(({ state }) => state.rootId)).size < giving.length) continue;
      const mappings = Object.fromEntries(
        query.groups.map(({ suffix }, index) => [
          suffix,
          [...new Set(combination[index]?.used.map(({ uuid }) => uuid))].sort(),
        ]),
      );
      const roots = new Set(giving.map(({ state }) => state.rootId));
      const summarised = query.version < 29 ? giving : world.filter(({ state }) => roots.has(state.rootId));
      results.set(
        sortedJson({ allocations, mappings }),
        summarised.map(({ uuid }) => uuid),
      );
    }
  }
  return { candidates: [...results.keys()].sort(), summarised: results };
}

function worldOf({ names, providers }: State): Provider[] {
  const traitNames = new Map(names.traits.map(({ id, name }) => [id, name]));
  const classNames = new Map(names.resourceClasses.map(({ id, name }) => [id, name]));
  return providers.map((state) => ({
    uuid: state.uuid,
    state,
    traits: new Set(state.traitIds.map((id) => traitNames.get(id) ?? '')),
    aggregates: new Set<string>(state.aggregates),
    inventories: new Map(state.inventories.map((use) => [classNames.get(use.resourceClassId) ?? '', use])),
  }));
}

function isRoot({ state }: Provider): boolean {
  return state.rootId === state.id;
}

/** §3.1 */
function isEligible(root: Provider, { rootRequired }: CandidateQuery): boolean {
  if (rootRequired === null) return true;
  const has = (trait: string): boolean => root.traits.has(trait);
  return rootRequired.required.every(has) && !rootRequired.forbidden.some(has);
}

/** §1.4 */
function reaches(world: readonly Provider[], provider: Provider, anchor: Provider): boolean {
  if (provider.state.rootId === anchor.state.id) return true;
  if (!provider.traits.has(SHARING_TRAIT)) return false;
  return world.some(
    (member) =>
      member.state.rootId === anchor.state.id && [...member.aggregates].some((uuid) => provider.aggregates.has(uuid)),
  );
}

/** §1.2 */
function canGive(provider: Provider, resourceClass: string, amount: number): boolean {
  const inventory = provider.inventories.get(resourceClass);
  return inventory !== undefined && fits(inventory, amount);
}

function meetsTerms(provider: Provider, { aggregates }: RequestGroup): boolean {
  return aggregates.anyOf.every((term) => term.some((uuid) => provider.aggregates.has(uuid)));
}

function isInForbidden(provider: Provider, { aggregates }: RequestGroup): boolean {
  return aggregates.forbidden.some((uuid) => provider.aggregates.has(uuid));
}

/** Root id of the tree of `in_tree`, -1 for an unknown provider, null when not asked for. */
function treeOf(world: readonly Provider[], { inTree }: RequestGroup): number | null {
  if (inTree === null) return null;
  return world.find(({ uuid }) => uuid === inTree)?.state.rootId ?? -1;
}

function solutions(world: readonly Provider[], group: RequestGroup, anchor: Provider): Solution[] {
  return group.suffix === '' ? unsuffixedSolutions(world, group, anchor) : suffixedSolutions(world, group, anchor);
}

/** §3.2 */
function suffixedSolutions(world: readonly Provider[], group: RequestGroup, anchor: Provider): Solution[] {
  const { resources, traits, aggregates } = group;
  const tree = treeOf(world, group);
  if (tree === -1) return [];
  if (resources.length === 0 && traits.anyOf.length === 0 && aggregates.anyOf.length === 0) return [];
  return world
    .filter((provider) => reaches(world, provider, anchor))
    .filter((provider) => resources.every((r) => canGive(provider, r.resourceClass, r.amount)))
    .filter((provider) => traits.anyOf.every((names) => names.some((name) => provider.traits.has(name))))
    .filter((provider) => !traits.forbidden.some((name) => provider.traits.has(name)))
    .filter((provider) => meetsTerms(provider, group) && !isInForbidden(provider, group))
    .filter((provider) => resources.length === 0 || tree === null || provider.state.rootId === tree)
    .map((provider) => ({
      used: [provider],
      puts: resources.map(({ resourceClass, amount }) => ({ provider, resourceClass, amount })),
    }));
}

/** §3.3 */
function unsuffixedSolutions(world: readonly Provider[], group: RequestGroup, anchor: Provider): Solution[] {
  const tree = treeOf(world, group);
  const hasTerms = group.aggregates.anyOf.length > 0;
  const pools = group.resources.map(({ resourceClass, amount }) =>
    world
      .filter((provider) => canGive(provider, resourceClass, amount))
      .filter((provider) => {
        const isLocal = provider.state.rootId === anchor.state.id;
        if (isLocal) return !hasTerms || meetsTerms(provider, group) || meetsTerms(anchor, group);
        if (!reaches(world, provider, anchor) || group.inTree !== null) return false;
        return !hasTerms || meetsTerms(provider, group);
      })
      .filter((provider) => !isInForbidden(provider, group) && !isInForbidden(anchor, group))
      .filter((provider) => tree === null || provider.state.rootId === tree)
      .map((provider) => ({ provider, resourceClass, amount })),
  );
  const found: Solution[] = [];
  for (const puts of product(pools)) {
    const used = puts.map(({ provider }) => provider);
    const union = new Set(used.flatMap((provider) => [...provider.traits]));
    if (group.traits.forbidden.some((name) => union.has(name))) continue;
    if (!group.traits.anyOf.every((names) => names.some((name) => union.has(name)))) continue;
    found.push({ used, puts });
  }
  return found;
}

/** §3.4 */
function isValid(world: readonly Provider[], query: CandidateQuery, combination: readonly Solution[]): boolean {
  const suffixed = query.groups.flatMap(({ suffix }, index) => {
    const provider = combination[index]?.used[0];
    return suffix === '' || provider === undefined ? [] : [{ suffix, provider }];
  });
  const different = new Set(suffixed.map(({ provider }) => provider));
  if (query.groupPolicy === 'isolate' && different.size < suffixed.length) return false;
  for (const suffixes of query.sameSubtree) {
    const chosen = suffixed.filter(({ suffix }) => suffixes.includes(suffix)).map(({ provider }) => provider);
    if (!chosen.some((top) => chosen.every((provider) => isAbove(world, top, provider)))) return false;
  }
  const totals = new Map<Provider, Map<string, number>>();
  for (const { provider, resourceClass, amount } of combination.flatMap(({ puts }) => puts)) {
    const byClass = totals.get(provider) ?? new Map<string, number>();
    totals.set(provider, byClass.set(resourceClass, (byClass.get(resourceClass) ?? 0) + amount));
  }
  for (const [provider, byClass] of totals) {
    for (const [resourceClass, total] of byClass) {
      const inventory = provider.inventories.get(resourceClass);
      if (inventory === undefined) return false;
      if (inventory.used + total > capacity(inventory) || total > inventory.maxUnit) return false;
    }
  }
  return true;
}

function isAbove(world: readonly Provider[], top: Provider, provider: Provider): boolean {
  if (top === provider) return true;
  const parent = world.find(({ state }) => state.id === provider.state.parentId);
  return parent !== undefined && isAbove(world, top, parent);
}

function product<Item>(lists: readonly (readonly Item[])[]): Item[][] {
  let combinations: Item[][] = [[]];
  for (const list of lists) combinations = combinations.flatMap((before) => list.map((item) => [...before, item]));
  return combinations;
}
