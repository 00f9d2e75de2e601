// What a write of allocations changes of providers, gathered while it is made, in the form that the picture in memory
// takes over (store/pending-changes.ts).

import type { Claim } from '../domain/allocation.ts';
import type { ProviderId, ResourceClassId } from '../domain/ids.ts';
import type { UsageChange } from '../domain/resource-provider.ts';
import type { AllocationRecord } from '../store/records/allocations.ts';
import { fromTimestamp } from '../store/timestamps.ts';
import type { WriteTransaction } from '../store/transaction.ts';

export class UsageChanges {
  readonly #used = new Map<ProviderId, Map<ResourceClassId, number>>();
  readonly #generations = new Map<ProviderId, { readonly before: number; readonly after: number }>();
  readonly #modifiedAtMs: number | null;

  constructor(tx: WriteTransaction) {
    this.#modifiedAtMs = fromTimestamp(tx.now)?.getTime() ?? null;
  }

  /** Claims that are granted. */
  give(claims: readonly Claim[]): void {
    for (const { providerId, resourceClassId, amount } of claims) this.#add(providerId, resourceClassId, amount);
  }

  /** Allocations that are taken away. Unless a provider is advanced, it keeps the generation that it was read with. */
  takeBack(held: readonly AllocationRecord[]): void {
    for (const { providerId, providerGeneration, resourceClassId, used } of held) {
      this.#add(providerId, resourceClassId, -used);
      if (!this.#generations.has(providerId)) {
        this.#generations.set(providerId, { before: providerGeneration, after: providerGeneration });
      }
    }
  }

  /** The provider's generation was advanced. */
  advanced(id: ProviderId, before: number, after: number): void {
    this.#generations.set(id, { before, after });
  }

  list(): readonly UsageChange[] {
    return [...this.#generations].map(([id, { before, after }]) => ({
      id,
      generationBefore: before,
      generation: after,
      modifiedAtMs: before === after ? null : this.#modifiedAtMs,
      used: this.#used.get(id) ?? new Map(),
    }));
  }

  #add(provider: ProviderId, resourceClass: ResourceClassId, amount: number): void {
    const byClass = this.#used.get(provider) ?? new Map<ResourceClassId, number>();
    byClass.set(resourceClass, (byClass.get(resourceClass) ?? 0) + amount);
    this.#used.set(provider, byClass);
  }
}
