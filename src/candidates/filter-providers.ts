// The filters of GET /resource_providers: each looks at one provider by itself (allocation-candidates §8). The order of
// look-ups is the reference's, with its early empty answers, which hide names that nobody knows.

import { filterTraitUnknown, searchClassUnknown } from '../domain/errors/search.ts';
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

  const everyone: SetFilter = { anyOf: tree === null ? [[model.live]] : [[model.live], [tree]], noneOf: [] };
  const passed: number[] = [];
  for (const provider of passing(both(everyone, traits, aggregates))) {
    if (!hasName(model, provider, filters)) continue;
    if (demands.every(({ column, amount }) => column?.fits(provider, amount) === true)) passed.push(provider);
  }
  return model.inOrderOfCreation(passed);
}

function requireKnown(model: Model, traits: ProviderFilters['traits']): void {
  const unknown = firstUnknownTrait(model, traits);
  if (unknown !== undefined) throw filterTraitUnknown({ name: unknown });
}

/** An empty name is no filter. */
function hasName(model: Model, provider: number, { name, uuid }: ProviderFilters): boolean {
  if (uuid !== null && model.uuid(provider) !== uuid) return false;
  return name === null || name === '' || model.name(provider) === name;
}
