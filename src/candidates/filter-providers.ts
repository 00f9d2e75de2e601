// The filters of GET /resource_providers: each looks at one provider by itself (allocation-candidates §8). The order of
// look-ups is the reference's, with its early empty answers, which hide names that nobody knows.

import { filterTraitUnknown, searchClassUnknown } from '../domain/errors/search.ts';
import { BitSet, type ReadonlyBitSet } from '../model/bit-set.ts';
import type { Model } from '../model/model.ts';
import type { ProviderNumber } from '../model/reader.ts';
import type { ProviderFilters } from './query.ts';
import { firstUnknownTrait, resolveAggregates, resolveTraits, treeOf } from './resolve-query.ts';
import { anyPasses, both, passing, type SetFilter } from './set-filter.ts';

/**
 * The providers that pass every filter, in order of creation.
 *
 * Throws 400 `filterTraitUnknown` or `searchClassUnknown`, unless an earlier filter makes the answer empty.
 */
export function filterProviders(model: Model, filters: ProviderFilters): readonly ProviderNumber[] {
  const tree = filters.inTree === null ? null : treeOf(model, filters.inTree);
  if (tree === undefined) return [];
  const traits = resolveTraits(model, filters.traits);
  requireKnown(model, { anyOf: filters.traits.anyOf, forbidden: [] });
  if (traits.anyOf.length > 0 && !anyPasses({ anyOf: traits.anyOf, noneOf: [] })) return [];
  requireKnown(model, { anyOf: [], forbidden: filters.traits.forbidden });
  const aggregates = resolveAggregates(model, filters.aggregates);
  if (aggregates.anyOf.length > 0 && !anyPasses({ anyOf: aggregates.anyOf, noneOf: [] })) return [];
  const demands = filters.resources.map(({ resourceClass, amount }) => {
    const id = model.resourceClassId(resourceClass);
    if (id === undefined) throw searchClassUnknown({ resourceClass });
    return { column: model.inventoryColumn(id), amount };
  });

  const passed: number[] = [];
  for (const provider of passing(both(identified(model, filters, tree), traits, aggregates))) {
    if (demands.every(({ column, amount }) => column?.fits(provider, amount) === true)) passed.push(provider);
  }
  return model.inOrderOfCreation(passed);
}

/** By `name`, `uuid` and `in_tree`; an empty name is no filter. */
function identified(model: Model, { name, uuid }: ProviderFilters, tree: ReadonlyBitSet | null): SetFilter {
  const sets: ReadonlyBitSet[] = tree === null ? [model.live] : [tree];
  if (name !== null && name !== '') sets.push(setOf(model.numberOfName(name)));
  if (uuid !== null) sets.push(setOf(model.numberOfUuid(uuid)));
  return { anyOf: sets.map((set) => [set]), noneOf: [] };
}

function setOf(provider: ProviderNumber | undefined): ReadonlyBitSet {
  const set = new BitSet();
  if (provider !== undefined) set.add(provider);
  return set;
}

function requireKnown(model: Model, traits: ProviderFilters['traits']): void {
  const unknown = firstUnknownTrait(model, traits);
  if (unknown !== undefined) throw filterTraitUnknown({ name: unknown });
}
