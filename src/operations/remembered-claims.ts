// Claims held against the picture in memory: which providers and classes they mean, and whether they fit. Why that may be
// relied on is told in claim-from-memory.ts.

import type { Claim } from '../domain/allocation.ts';
import type { ConsumerWrite } from '../domain/consumer.ts';
import type { ProviderId, ResourceClassId } from '../domain/ids.ts';
import { exactCapacity, respectsUnits } from '../domain/inventory.ts';
import type { Model } from '../model/model.ts';
import type { PendingChanges } from '../store/pending-changes.ts';
import type { AllocationRecord } from '../store/records/allocations.ts';
import type { Advance } from '../store/records/resource-providers.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

/** The model, when what it says can be proved or is known to be so. */
export interface Picture {
  readonly model: Model;
  readonly knowsCustomClasses: boolean;
}

/** Null: nothing in memory can be relied on now. */
export function knownPicture(tx: WriteTransaction, { store, model }: Service): Picture | null {
  const remembered = model.remembered;
  if (remembered === null || tx.pending.names) return null;
  switch (store.readerKnows) {
    case 'none':
      return null;
    case 'exact':
      return model.isBeingRead ? null : { model: remembered, knowsCustomClasses: true };
    case 'by-generation':
      // A custom class may have been renamed by another process, which no provider's generation tells.
      return { model: remembered, knowsCustomClasses: false };
  }
}

export interface RememberedClaims {
  readonly write: ConsumerWrite;
  readonly claims: readonly Claim[];
}

/** The claims with their ids; null when the picture does not know a provider or a class. */
export function rememberedClaims(
  { model, knowsCustomClasses }: Picture,
  writes: readonly ConsumerWrite[],
): readonly RememberedClaims[] | null {
  const remembered: RememberedClaims[] = [];
  for (const write of writes) {
    const claims: Claim[] = [];
    for (const { providerUuid, resources } of write.allocations) {
      const provider = model.numberOfUuid(providerUuid);
      if (provider === undefined) return null;
      for (const { resourceClass, amount } of resources) {
        const resourceClassId = model.resourceClassId(resourceClass);
        if (resourceClassId === undefined) return null;
        if (!knowsCustomClasses && resourceClass.startsWith('CUSTOM_')) return null;
        claims.push({ providerId: model.id(provider), providerUuid, resourceClassId, resourceClass, amount });
      }
    }
    remembered.push({ write, claims });
  }
  return remembered;
}

/** Claims that fit beside each other. */
export class FittingClaims {
  readonly #model: Model;
  readonly #pending: PendingChanges;
  readonly #providers = new Map<ProviderId, Advance>();
  /** What the claims add to the usage of a class of a provider. */
  readonly #added = new Map<string, number>();

  constructor({ model }: Picture, { pending }: WriteTransaction) {
    this.#model = model;
    this.#pending = pending;
  }

  /** Adds claims that take the place of what is held, if all of them fit; false, with none of them added, if one may not. */
  add(claims: readonly Claim[], held: readonly AllocationRecord[]): boolean {
    const added = new Map<string, number>();
    const count = (provider: ProviderId, resourceClass: ResourceClassId, amount: number): number => {
      const key = `${provider}:${resourceClass}`;
      const sum = (added.get(key) ?? this.#added.get(key) ?? 0) + amount;
      added.set(key, sum);
      return sum;
    };
    for (const { providerId, resourceClassId, used } of held) count(providerId, resourceClassId, -used);
    const providers = new Map<ProviderId, Advance>();
    for (const claim of claims) {
      const { providerId: id, providerUuid: uuid, resourceClassId, amount } = claim;
      if (this.#pending.isOtherwiseChanged(id)) return false;
      const provider = this.#model.numberOfUuid(uuid);
      if (provider === undefined || this.#model.id(provider) !== id) return false;
      const inventory = this.#model.inventoryColumn(resourceClassId)?.get(provider);
      if (inventory === undefined || !respectsUnits(inventory, amount)) return false;
      const before = this.#pending.usageOf(id);
      const used = inventory.used + (before?.used.get(resourceClassId) ?? 0);
      if (used + count(id, resourceClassId, amount) > exactCapacity(inventory)) return false;
      const generation = before?.generation ?? this.#model.generation(provider);
      providers.set(id, { id, uuid, generation, by: (this.#providers.get(id)?.by ?? 0) + 1 });
    }
    for (const [key, sum] of added) this.#added.set(key, sum);
    for (const [id, provider] of providers) this.#providers.set(id, provider);
    return true;
  }

  /** The claimed providers in the state on which the claims were decided, in id order; each advances by 1 for each {@link add}. */
  get providers(): readonly Advance[] {
    return [...this.#providers.values()].sort((left, right) => left.id - right.id);
  }
}
