// Aggregates: labels that providers carry. Each knows which of its members share, because that is what opens the trees
// of its other members to them (allocation-candidates §1.4).

import type { AggregateUuid } from '../domain/ids.ts';
import { BitSet, type ReadonlyBitSet } from './bit-set.ts';

export interface Aggregate {
  readonly uuid: AggregateUuid;
  readonly members: ReadonlyBitSet;
  /** The members with the sharing trait; null when there are none, as in most aggregates. */
  readonly sharing: ReadonlySet<number> | null;
}

interface Kept extends Aggregate {
  readonly members: BitSet;
  sharing: Set<number> | null;
  /** The list of those who are in this aggregate alone: as most are, they have it in common. */
  readonly alone: readonly Aggregate[];
}

export const NO_AGGREGATES: readonly Aggregate[] = [];

/** The aggregates that at least one provider carries. */
export class Aggregates {
  readonly #byUuid = new Map<string, Kept>();

  get(uuid: string): Aggregate | undefined {
    return this.#byUuid.get(uuid);
  }

  /** Makes the provider a member of these aggregates in the place of those it was in; tells them. */
  change(
    provider: number,
    before: readonly Aggregate[] = NO_AGGREGATES,
    uuids: readonly AggregateUuid[],
  ): readonly Aggregate[] {
    if (before.length === uuids.length && before.every(({ uuid }, index) => uuid === uuids[index])) return before;
    for (const { uuid } of before) this.#leave(provider, uuid);
    const joined = [...new Set(uuids)].map((uuid) => this.#join(provider, uuid));
    return joined.length === 1 ? (joined[0]?.alone ?? joined) : joined;
  }

  #join(provider: number, uuid: AggregateUuid): Kept {
    const known = this.#byUuid.get(uuid);
    if (known !== undefined) {
      known.members.add(provider);
      return known;
    }
    const alone: Aggregate[] = [];
    const made: Kept = { uuid, members: new BitSet(), sharing: null, alone };
    alone.push(made);
    this.#byUuid.set(uuid, made);
    made.members.add(provider);
    return made;
  }

  #leave(provider: number, uuid: AggregateUuid): void {
    const aggregate = this.#byUuid.get(uuid);
    if (aggregate === undefined) return;
    aggregate.members.delete(provider);
    if (aggregate.members.size === 0) this.#byUuid.delete(uuid);
  }

  /** Notes whether a member shares. */
  markSharing(provider: number, uuid: AggregateUuid, shares: boolean): void {
    const aggregate = this.#byUuid.get(uuid);
    if (aggregate === undefined) return;
    if (shares) {
      aggregate.sharing ??= new Set();
      aggregate.sharing.add(provider);
    } else if (aggregate.sharing?.delete(provider) && aggregate.sharing.size === 0) {
      aggregate.sharing = null;
    }
  }
}
