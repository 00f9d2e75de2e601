// Who has which trait: a bit set of providers per trait, and each provider's list of traits, shared by all who have the
// same ones.

import type { TraitId } from '../domain/ids.ts';
import { BitSet, EMPTY_BIT_SET, type ReadonlyBitSet } from './bit-set.ts';
import { type IdSet, IdSets } from './id-sets.ts';

export class Traits {
  readonly #sets = new IdSets<TraitId>();
  readonly #members = new Map<TraitId, BitSet>();

  /** Providers with the trait. */
  members(id: TraitId): ReadonlyBitSet {
    return this.#members.get(id) ?? EMPTY_BIT_SET;
  }

  /** Gives the provider these traits in the place of those it had. */
  change(provider: number, before: IdSet<TraitId> | undefined, ids: readonly TraitId[]): IdSet<TraitId> {
    const after = this.#sets.take(ids);
    if (before === after) {
      this.#sets.release(before);
      return after;
    }
    if (before !== undefined) this.remove(provider, before);
    for (const id of after.ids) {
      let members = this.#members.get(id);
      if (members === undefined) {
        members = new BitSet();
        this.#members.set(id, members);
      }
      members.add(provider);
    }
    return after;
  }

  remove(provider: number, traits: IdSet<TraitId>): void {
    for (const id of traits.ids) this.#members.get(id)?.delete(provider);
    this.#sets.release(traits);
  }
}
