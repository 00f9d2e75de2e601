// From names to sets: looks up what a query names, in the order in which the reference notices unknown names
// (allocation-candidates §2.5). An answer that is certain to be empty hides every unknown name after it.

import type { BerthError } from '../domain/errors/declare.ts';
import { searchClassUnknown, searchTraitUnknown } from '../domain/errors/search.ts';
import type { ResourceClassId } from '../domain/ids.ts';
import { BitSet, type ReadonlyBitSet } from '../model/bit-set.ts';
import type { Model } from '../model/model.ts';
import type { AggregateRequirement, CandidateQuery, RequestGroup, TraitRequirement } from './query.ts';
import { anyPasses, type SetFilter } from './set-filter.ts';

export interface ResolvedResource {
  readonly resourceClassId: ResourceClassId;
  readonly amount: number;
}

export interface ResolvedGroup {
  readonly suffix: string;
  /** Empty for a resourceless group. */
  readonly resources: readonly ResolvedResource[];
  readonly traits: SetFilter;
  readonly aggregates: SetFilter;
  /** The providers of the `in_tree` tree, or null. */
  readonly tree: ReadonlyBitSet | null;
}

export interface ResolvedQuery {
  readonly groups: readonly ResolvedGroup[];
  /** What the anchor must be (allocation-candidates §3.1). */
  readonly anchor: SetFilter;
  readonly isolate: boolean;
  readonly sameSubtree: readonly (readonly string[])[];
  /** Below 1.29 no two different providers of one tree are combined (§3.6). */
  readonly onePerTree: boolean;
  readonly limit: number | null;
}

/**
 * The query with its names looked up, or null when the answer is empty before any search.
 *
 * @param isSolvable whether a query has a candidate at all; asked only when an unknown name may be hidden
 */
export function resolveQuery(
  model: Model,
  query: CandidateQuery,
  isSolvable: (query: ResolvedQuery) => boolean,
): ResolvedQuery | null {
  const anchor = resolveAnchor(model, query);
  if (anchor === null) return null;
  const resolved: ResolvedQuery = {
    groups: [],
    anchor,
    isolate: query.groupPolicy === 'isolate',
    sameSubtree: query.sameSubtree,
    onePerTree: query.version < 29,
    limit: query.limit,
  };
  const groups: ResolvedGroup[] = [];
  for (const asked of query.groups) {
    const outcome = resolveGroup(model, asked);
    if (outcome.kind === 'empty') return null;
    if (outcome.kind === 'unknown') {
      const hidden = groups.some((group) => !isSolvable(alone(resolved, group)));
      if (hidden) return null;
      throw outcome.error;
    }
    groups.push(outcome.group);
  }
  return { ...resolved, groups };
}

/** A query for one group only, without what relates it to others (§2.5 step 2.6). */
function alone(query: ResolvedQuery, group: ResolvedGroup): ResolvedQuery {
  return { ...query, groups: [group], isolate: false, sameSubtree: [], onePerTree: false, limit: 1 };
}

/** Null when no root qualifies. */
function resolveAnchor(model: Model, query: CandidateQuery): SetFilter | null {
  const { required = [], forbidden = [] } = query.rootRequired ?? {};
  const sets = (names: readonly string[]): ReadonlyBitSet[] =>
    names.map((name) => {
      const id = model.traitId(name);
      if (id === undefined) throw searchTraitUnknown({ name });
      return model.withTrait(id);
    });
  const filter: SetFilter = {
    anyOf: [[model.roots], ...sets(required).map((set) => [set])],
    noneOf: sets(forbidden),
  };
  return anyPasses(filter) ? filter : null;
}

type Outcome =
  | { readonly kind: 'resolved'; readonly group: ResolvedGroup }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown'; readonly error: BerthError };

const EMPTY: Outcome = { kind: 'empty' };

function resolveGroup(model: Model, group: RequestGroup): Outcome {
  const resources: ResolvedResource[] = [];
  for (const { resourceClass, amount } of group.resources) {
    const resourceClassId = model.resourceClassId(resourceClass);
    if (resourceClassId === undefined) return { kind: 'unknown', error: searchClassUnknown({ resourceClass }) };
    resources.push({ resourceClassId, amount });
  }
  const aggregates = resolveAggregates(model, group.aggregates);
  if (aggregates.anyOf.length > 0 && !anyPasses({ anyOf: aggregates.anyOf, noneOf: [] })) return EMPTY;
  const unknown = firstUnknownTrait(model, group.traits);
  if (unknown !== undefined) return { kind: 'unknown', error: searchTraitUnknown({ name: unknown }) };
  const traits = resolveTraits(model, group.traits);
  const tree = group.inTree === null ? null : treeOf(model, group.inTree);
  if (tree === undefined) return EMPTY;
  return { kind: 'resolved', group: { suffix: group.suffix, resources, traits, aggregates, tree } };
}

/** The first trait without a record, required ones before forbidden ones. */
export function firstUnknownTrait(model: Model, traits: TraitRequirement): string | undefined {
  const isUnknown = (name: string): boolean => model.traitId(name) === undefined;
  for (const names of traits.anyOf) {
    const unknown = names.find(isUnknown);
    if (unknown !== undefined) return unknown;
  }
  return traits.forbidden.find(isUnknown);
}

export function resolveTraits(model: Model, traits: TraitRequirement): SetFilter {
  const sets = (names: readonly string[]): ReadonlyBitSet[] => {
    const ids = names.map((name) => model.traitId(name)).filter((id) => id !== undefined);
    return ids.map((id) => model.withTrait(id));
  };
  return { anyOf: traits.anyOf.map(sets), noneOf: sets(traits.forbidden) };
}

/** An aggregate that nobody carries is the empty set (allocation-candidates §1.3). */
export function resolveAggregates(model: Model, aggregates: AggregateRequirement): SetFilter {
  const sets = (uuids: readonly string[]): ReadonlyBitSet[] => uuids.map((uuid) => model.inAggregate(uuid));
  return { anyOf: aggregates.anyOf.map(sets), noneOf: sets(aggregates.forbidden) };
}

/** All providers of the tree that the named one belongs to; undefined when nobody has the uuid. */
export function treeOf(model: Model, uuid: string): ReadonlyBitSet | undefined {
  const provider = model.numberOfUuid(uuid);
  if (provider === undefined) return undefined;
  const tree = new BitSet();
  model.forTree(model.root(provider), (member) => tree.add(member));
  return tree;
}
