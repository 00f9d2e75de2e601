// What the requests that share a transaction have changed so far. A request that works from the picture in memory sees
// those before it here, since the picture knows committed writes only; and when all that a commit changed is usage, this
// is what the picture takes over without reading the database.

import type { ProviderId, ResourceClassId } from '../domain/ids.ts';
import type { UsageChange } from '../domain/resource-provider.ts';

/** What one request has changed. */
export interface TransactionChanges {
  readonly wrote: boolean;
  readonly providers: ReadonlySet<ProviderId>;
  readonly names: boolean;
  /** All that was changed of providers, when that is usage alone; null: more than that, or not known. */
  readonly usage: readonly UsageChange[] | null;
}

export class PendingChanges {
  readonly #usage = new Map<ProviderId, UsageChange>();
  readonly #otherwise = new Set<ProviderId>();
  #onlyUsage = true;
  #names = false;

  /** Adds what a request changed that is to be committed. */
  add(changes: TransactionChanges): void {
    if (!changes.wrote) return;
    this.#names ||= changes.names;
    if (changes.usage === null) {
      this.#onlyUsage = false;
      for (const id of changes.providers) this.#otherwise.add(id);
      return;
    }
    for (const change of changes.usage) {
      const before = this.#usage.get(change.id);
      this.#usage.set(change.id, before === undefined ? change : following(before, change));
    }
  }

  /** Whether the provider was changed in another way than by its usage: what memory says of it no longer holds. */
  isOtherwiseChanged(id: ProviderId): boolean {
    return this.#otherwise.has(id);
  }

  /** Whether a resource class or trait was made, renamed or removed. */
  get names(): boolean {
    return this.#names;
  }

  usageOf(id: ProviderId): UsageChange | undefined {
    return this.#usage.get(id);
  }

  /** Everything that was changed, or null when that was more than usage. */
  get usage(): readonly UsageChange[] | null {
    return this.#onlyUsage ? [...this.#usage.values()] : null;
  }
}

/** Two changes of one provider as one. */
function following(first: UsageChange, second: UsageChange): UsageChange {
  const used = new Map<ResourceClassId, number>(first.used);
  for (const [resourceClass, amount] of second.used) used.set(resourceClass, (used.get(resourceClass) ?? 0) + amount);
  return {
    id: first.id,
    generationBefore: first.generationBefore,
    generation: second.generation,
    modifiedAtMs: second.modifiedAtMs ?? first.modifiedAtMs,
    used,
  };
}
