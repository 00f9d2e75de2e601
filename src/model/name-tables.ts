// Names of resource classes and traits, both ways. Ids that have no name (a provider may be told of before its trait
// is) are simply not shown.

import type { ResourceClassId, TraitId } from '../domain/ids.ts';
import type { NameCatalog } from '../domain/resource-provider.ts';
import { isCustomTrait, SHARING_TRAIT } from '../domain/trait.ts';
import type { IdSet } from './id-sets.ts';

export class NameTables {
  readonly catalog: NameCatalog;
  readonly #classIds = new Map<string, ResourceClassId>();
  readonly #classNames = new Map<ResourceClassId, string>();
  readonly #traitIds = new Map<string, TraitId>();
  readonly #traits = new Map<TraitId, NameCatalog['traits'][number]>();
  /** Lists of trait names as they are shown; holds no longer than the lists of ids themselves. */
  readonly #shown = new WeakMap<IdSet<TraitId>, readonly string[]>();

  constructor(names: NameCatalog) {
    this.catalog = names;
    for (const { id, name } of names.resourceClasses) {
      this.#classIds.set(name, id);
      this.#classNames.set(id, name);
    }
    for (const trait of names.traits) {
      this.#traitIds.set(trait.name, trait.id);
      this.#traits.set(trait.id, trait);
    }
  }

  resourceClassId(name: string): ResourceClassId | undefined {
    return this.#classIds.get(name);
  }

  resourceClassName(id: ResourceClassId): string | undefined {
    return this.#classNames.get(id);
  }

  traitId(name: string): TraitId | undefined {
    return this.#traitIds.get(name);
  }

  get sharingTraitId(): TraitId | undefined {
    return this.#traitIds.get(SHARING_TRAIT);
  }

  /** Standard traits before custom ones, each by id (allocation-candidates §4). */
  traitNames(traits: IdSet<TraitId>): readonly string[] {
    const known = this.#shown.get(traits);
    if (known !== undefined) return known;
    const standard: string[] = [];
    const custom: string[] = [];
    for (const id of traits.ids) {
      const name = this.#traits.get(id)?.name;
      if (name !== undefined) (isCustomTrait(name) ? custom : standard).push(name);
    }
    const names = [...standard, ...custom];
    this.#shown.set(traits, names);
    return names;
  }

  /** When the newest of the traits was changed; null: there is none, or of none it is known. */
  traitsModifiedAtMs(traits: IdSet<TraitId>): number | null {
    let newestMs: number | null = null;
    for (const id of traits.ids) {
      const modifiedAtMs = this.#traits.get(id)?.modifiedAtMs ?? null;
      if (modifiedAtMs !== null && modifiedAtMs > (newestMs ?? Number.NEGATIVE_INFINITY)) newestMs = modifiedAtMs;
    }
    return newestMs;
  }
}
