// States for tests, written as short lists of providers.

import {
  aggregateUuid,
  type ProviderId,
  providerUuid,
  type ResourceClassId,
  type TraitId,
} from '../../src/domain/ids.ts';
import { INTEGER_MAX } from '../../src/domain/inventory.ts';
import { STANDARD_RESOURCE_CLASSES } from '../../src/domain/resource-class.ts';
import type { ProviderState } from '../../src/domain/resource-provider.ts';
import { STANDARD_TRAITS } from '../../src/domain/trait.ts';
import { branded, type State } from '../support/state.ts';

export interface SmallProvider {
  readonly name: string;
  /** Name of a provider earlier in the list. */
  readonly parent?: string;
  /** Class → total. */
  readonly has?: Readonly<Record<string, number>>;
  /** Class → what is in use of it. */
  readonly used?: Readonly<Record<string, number>>;
  /** Standard traits, or any CUSTOM_ name. */
  readonly traits?: readonly string[];
  readonly aggregates?: readonly string[];
}

/** `count` providers made from their index. */
export function times(count: number, make: (index: number) => SmallProvider): SmallProvider[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The name of a provider is its uuid, too. */
export function smallWorld(...lists: readonly (readonly SmallProvider[])[]): State {
  const list = lists.flat();
  const traitNames = [...new Set([...STANDARD_TRAITS, ...list.flatMap(({ traits }) => traits ?? [])])];
  const byName = new Map<string, ProviderState>();
  for (const [index, { name, parent, has, used, traits, aggregates }] of list.entries()) {
    const id = branded<ProviderId>(index + 1);
    const above = parent === undefined ? undefined : byName.get(parent);
    byName.set(name, {
      id,
      uuid: providerUuid(name),
      name,
      generation: 0,
      parentId: above?.id ?? null,
      rootId: above?.rootId ?? id,
      modifiedAtMs: null,
      inventories: Object.entries(has ?? {}).map(([resourceClass, total]) => ({
        resourceClassId: branded<ResourceClassId>(STANDARD_RESOURCE_CLASSES.indexOf(resourceClass)),
        total,
        reserved: 0,
        minUnit: 1,
        maxUnit: INTEGER_MAX,
        stepSize: 1,
        allocationRatio: 1,
        used: used?.[resourceClass] ?? 0,
        modifiedAtMs: null,
      })),
      traitIds: (traits ?? []).map((trait) => branded<TraitId>(traitNames.indexOf(trait) + 1)),
      aggregates: (aggregates ?? []).map(aggregateUuid),
    });
  }
  return {
    names: {
      resourceClasses: STANDARD_RESOURCE_CLASSES.map((name, id) => ({ id: branded<ResourceClassId>(id), name })),
      traits: traitNames.map((name, index) => ({ id: branded<TraitId>(index + 1), name, modifiedAtMs: null })),
    },
    providers: [...byName.values()],
  };
}
