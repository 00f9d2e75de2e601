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
}

/** The aggregates that at least one provider carries. */
export class Aggregates {
  readonly #byUuid = new Map<string, Kept>();

  get(uuid: string): Aggregate | undefined {
    return this.#byUuid.get(uuid);
  }

  join(provider: number, uuid: AggregateUuid): Aggregate {
    let aggregate = this.#byUuid.get(uuid);
    if (aggregate === undefined) {
      aggregate = { uuid, members: new BitSet(), sharing: null };
      this.#byUuid.set(uuid, aggregate);
    }
    aggregate.members.add(provider);
    return aggregate;
  }

  leave(provider: number, uuid: AggregateUuid): void {
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
