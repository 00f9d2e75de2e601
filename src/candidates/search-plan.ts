// A query as the search works with it: a list of variables, each of which takes one provider. A suffixed group is one
// variable; each resource class of the unsuffixed group is one, since its classes may come from different providers.

import type { ResourceClassId } from '../domain/ids.ts';
import type { ReadonlyBitSet } from '../model/bit-set.ts';
import type { InventoryColumn } from '../model/inventory-column.ts';
import type { Model } from '../model/model.ts';
import type { ResolvedGroup, ResolvedQuery } from './resolve-query.ts';
import { both, type SetFilter } from './set-filter.ts';

export interface Demand {
  /** Index into {@link SearchPlan.resources}. */
  readonly resource: number;
  readonly column: InventoryColumn;
  readonly amount: number;
}

export interface Variable {
  /** Index into {@link SearchPlan.groups}. */
  readonly group: number;
  /** Empty for a resourceless group, one for a class of the unsuffixed group. */
  readonly demands: readonly Demand[];
  /** Those of classes that other variables demand too: only they need a second look when amounts are merged. */
  readonly contested: readonly Demand[];
  /** Must take another provider than the other isolated variables. */
  readonly isolated: boolean;
  /** Of the unsuffixed group: has the conditions of {@link UnsuffixedRules} too. */
  readonly unsuffixed: boolean;
  /** What a provider must be by itself, room aside. */
  readonly filter: SetFilter;
  /** The same without inventory of its classes, which anybody has who has room for its demands. */
  readonly conditions: SetFilter;
  /** Index into {@link SearchPlan.kinds}: who serves one variable of a kind serves the others. */
  readonly kind: number;
}

/** What depends on the anchor or on all providers of the unsuffixed group together (allocation-candidates §3.3). */
export interface UnsuffixedRules {
  readonly variables: readonly number[];
  /** Terms of `member_of`: the provider itself or, for a local one, the anchor meets them all. */
  readonly memberOf: SetFilter;
  /** The anchor must be in none of these. */
  readonly forbiddenAggregates: readonly ReadonlyBitSet[];
  /** Each must be met by a provider in use, whichever. */
  readonly traitAlternatives: readonly (readonly ReadonlyBitSet[])[];
  readonly forbiddenTraits: readonly ReadonlyBitSet[];
  /** With `in_tree` no provider of another tree takes part. */
  readonly localOnly: boolean;
}

export interface SearchPlan {
  readonly model: Model;
  readonly groups: readonly ResolvedGroup[];
  readonly resources: readonly ResourceClassId[];
  readonly variables: readonly Variable[];
  /** A variable of each kind. */
  readonly kinds: readonly Variable[];
  /** Resource → its column, and what is wanted of it in all; undefined unless several variables want it. */
  readonly contests: readonly (Demand | undefined)[];
  readonly unsuffixed: UnsuffixedRules | null;
  readonly anchor: SetFilter;
  /** Lists of variables whose providers must have one among them above them all; each of two or more. */
  readonly subtrees: readonly (readonly number[])[];
  readonly onePerTree: boolean;
  /** One variable's provider may bar another's, subtree lists aside. */
  readonly isEntangled: boolean;
}

type Draft = Omit<Variable, 'conditions' | 'contested' | 'kind'>;

/** Null when some group cannot be served by anybody. */
export function planSearch(model: Model, query: ResolvedQuery): SearchPlan | null {
  const resources = [...new Set(query.groups.flatMap((group) => group.resources.map((r) => r.resourceClassId)))];
  const drafts: Draft[] = [];
  let unsuffixed: UnsuffixedRules | null = null;
  for (const [group, resolved] of query.groups.entries()) {
    const demands = demandsOf(model, resolved, resources);
    if (demands === null) return null;
    if (resolved.suffix !== '') {
      if (isNeverServed(resolved)) return null;
      drafts.push(suffixedVariable(group, resolved, demands, query.isolate));
      continue;
    }
    const own = demands.map((demand) => unsuffixedVariable(group, resolved, demand, demands.length === 1));
    unsuffixed = unsuffixedRules(
      resolved,
      own.map((_, index) => drafts.length + index),
    );
    drafts.push(...own);
  }
  const { anchor, onePerTree } = query;
  const variables = withKinds(completed(drafts));
  const subtrees = subtreesOf(query, variables);
  const isEntangled =
    onePerTree ||
    variables.filter(({ isolated }) => isolated).length > 1 ||
    variables.some(({ contested }) => contested.length > 0);
  return {
    model,
    groups: query.groups,
    resources,
    variables,
    kinds: variables.filter(({ kind }, index) => variables.findIndex((other) => other.kind === kind) === index),
    contests: contestsOf(variables),
    unsuffixed,
    anchor,
    subtrees,
    onePerTree,
    isEntangled,
  };
}

function completed(drafts: readonly Draft[]): readonly Omit<Variable, 'kind'>[] {
  const asking = new Map<number, number>();
  for (const { demands } of drafts) {
    for (const { resource } of demands) asking.set(resource, (asking.get(resource) ?? 0) + 1);
  }
  return drafts.map((draft) => ({
    ...draft,
    conditions: withoutInventory(draft.filter, draft.demands),
    contested: draft.demands.filter(({ resource }) => (asking.get(resource) ?? 0) > 1),
  }));
}

/** Kinds are numbered in the order of their first variables. */
function withKinds(variables: readonly Omit<Variable, 'kind'>[]): readonly Variable[] {
  const firsts: Omit<Variable, 'kind'>[] = [];
  return variables.map((variable) => {
    const known = firsts.findIndex((first) => isOfOneKind(first, variable));
    return { ...variable, kind: known < 0 ? firsts.push(variable) - 1 : known };
  });
}

function isOfOneKind(one: Omit<Variable, 'kind'>, other: Omit<Variable, 'kind'>): boolean {
  return (
    one.unsuffixed === other.unsuffixed &&
    sameItems(one.demands, other.demands, (a, b) => a.resource === b.resource && a.amount === b.amount) &&
    sameItems(one.filter.anyOf, other.filter.anyOf, (a, b) => sameItems(a, b, Object.is)) &&
    sameItems(one.filter.noneOf, other.filter.noneOf, Object.is)
  );
}

function sameItems<Item>(
  one: readonly Item[],
  other: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
): boolean {
  return (
    one.length === other.length &&
    one.every((item, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && isSame(item, counterpart);
    })
  );
}

function contestsOf(variables: readonly Variable[]): readonly (Demand | undefined)[] {
  const contests: (Demand | undefined)[] = [];
  for (const { contested } of variables) {
    for (const demand of contested) {
      const amount = (contests[demand.resource]?.amount ?? 0) + demand.amount;
      contests[demand.resource] = { ...demand, amount };
    }
  }
  return contests;
}

function demandsOf(model: Model, group: ResolvedGroup, resources: readonly ResourceClassId[]): Demand[] | null {
  const demands: Demand[] = [];
  for (const { resourceClassId, amount } of group.resources) {
    const column = model.inventoryColumn(resourceClassId);
    if (column === undefined) return null;
    demands.push({ resource: resources.indexOf(resourceClassId), column, amount });
  }
  return demands;
}

/** A resourceless group needs a positive condition; `in_tree` alone is none (allocation-candidates §3.2). */
function isNeverServed({ resources, traits, aggregates }: ResolvedGroup): boolean {
  return resources.length === 0 && traits.anyOf.length === 0 && aggregates.anyOf.length === 0;
}

function suffixedVariable(
  group: number,
  resolved: ResolvedGroup,
  demands: readonly Demand[],
  isolated: boolean,
): Draft {
  // `in_tree` restricts only groups with resources.
  const tree = demands.length > 0 ? resolved.tree : null;
  const filter = both(withInventory(demands), resolved.traits, resolved.aggregates, within(tree));
  return { group, demands, isolated, unsuffixed: false, filter };
}

function unsuffixedVariable(group: number, resolved: ResolvedGroup, demand: Demand, isOnly: boolean): Draft {
  // With one class the provider in use is one, and must meet every alternative itself.
  const traits = { anyOf: isOnly ? resolved.traits.anyOf : [], noneOf: resolved.traits.noneOf };
  const aggregates = { anyOf: [], noneOf: resolved.aggregates.noneOf };
  const filter = both(withInventory([demand]), traits, aggregates, within(resolved.tree));
  return { group, demands: [demand], isolated: false, unsuffixed: true, filter };
}

function unsuffixedRules(group: ResolvedGroup, variables: readonly number[]): UnsuffixedRules {
  return {
    variables,
    memberOf: { anyOf: group.aggregates.anyOf, noneOf: [] },
    forbiddenAggregates: group.aggregates.noneOf,
    traitAlternatives: variables.length > 1 ? group.traits.anyOf : [],
    forbiddenTraits: group.traits.noneOf,
    localOnly: group.tree !== null,
  };
}

function withInventory(demands: readonly Demand[]): SetFilter {
  return { anyOf: demands.map(({ column }) => [column.providers]), noneOf: [] };
}

/** What a filter wants besides, of somebody who has room for the demands. */
export function withoutInventory({ anyOf, noneOf }: SetFilter, demands: readonly Demand[]): SetFilter {
  const isImplied = (sets: readonly ReadonlyBitSet[]): boolean =>
    demands.some(({ column }) => sets.includes(column.providers));
  return { anyOf: anyOf.filter((sets) => !isImplied(sets)), noneOf };
}

function within(tree: ReadonlyBitSet | null): SetFilter {
  return { anyOf: tree === null ? [] : [[tree]], noneOf: [] };
}

function subtreesOf(query: ResolvedQuery, variables: readonly Variable[]): number[][] {
  const subtrees: number[][] = [];
  for (const suffixes of query.sameSubtree) {
    const named = new Set(suffixes);
    const list = [...variables.keys()].filter((index) => {
      const group = query.groups[variables[index]?.group ?? -1];
      return group !== undefined && group.suffix !== '' && named.has(group.suffix);
    });
    if (list.length > 1) subtrees.push(list);
  }
  return subtrees;
}
