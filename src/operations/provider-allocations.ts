// Who holds what of a provider (http-api §10), kept from one time that somebody asks to the next: a compute node's agent
// asks again and again, mostly with nothing changed in between. Every write of allocations names the providers that it is
// about, so what was read holds as long as the model has heard of no change of the provider, and was read after a moment at
// which the model stood where it still stands. Allocations of incomplete consumers are the exception: such a consumer may
// get its record in a write that is about no provider, and where there is one, nothing is kept.

import { providerNotFound } from '../domain/errors/records.ts';
import type { ConsumerUuid, ProviderUuid } from '../domain/ids.ts';
import { newestOf } from '../domain/newest.ts';
import type { ModelReader } from '../model/reader.ts';
import { type ClassUsage, type HeldOfProvider, readAllocationsOn, sumByClass } from '../store/records/allocations.ts';
import { findIfRemembered } from './read-provider.ts';
import type { Service } from './service.ts';

export interface ProviderAllocations {
  readonly generation: number;
  /** When the newest of them was made. */
  readonly newest: Date | null;
  readonly consumers: readonly {
    readonly uuid: ConsumerUuid;
    readonly generation: number;
    readonly resources: readonly ClassUsage[];
  }[];
}

interface Kept {
  readonly allocations: ProviderAllocations;
  /** That of the provider in the model, before the allocations were read. */
  readonly revision: number;
}

/** Of all providers together, with about 300 bytes each. */
const CONSUMERS_MAX = 100_000;
/** A storage pool that everybody uses would push out all others, and changes all the time. */
const CONSUMERS_OF_ONE_MAX = CONSUMERS_MAX / 20;

export class KeptProviderAllocations {
  readonly #consumersMax: number;
  /** In order of use, the latest last. */
  readonly #kept = new Map<ProviderUuid, Kept>();
  /** What is kept counts as many as it has consumers, and one. */
  #size = 0;

  constructor(consumersMax = CONSUMERS_MAX) {
    this.#consumersMax = consumersMax;
  }

  /** Who holds what of the provider. Error: 404. */
  async get(service: Service, uuid: ProviderUuid): Promise<ProviderAllocations> {
    return (await findIfRemembered(service, (model) => this.#find(model, uuid))) ?? this.#read(service, uuid);
  }

  /** Null: not kept, or changed since. */
  #find(model: ModelReader, uuid: ProviderUuid): ProviderAllocations | null {
    const kept = this.#kept.get(uuid);
    if (kept === undefined) return null;
    this.#forget(uuid, kept);
    if (kept.revision !== revisionOf(model, uuid)) return null;
    this.#keep(uuid, kept);
    return kept.allocations;
  }

  async #read({ store, model }: Service, uuid: ProviderUuid): Promise<ProviderAllocations> {
    const revision = revisionOf(model.remembered, uuid);
    const found = await store.readOnce((tx) => readAllocationsOn(tx, uuid));
    if (found === undefined) throw providerNotFound({ uuid });
    const { generation, held, isWhole } = found;
    const allocations = {
      generation,
      newest: newestOf(held.map(({ createdAt }) => createdAt)),
      consumers: byConsumer(held),
    };
    const isLarge = allocations.consumers.length > CONSUMERS_OF_ONE_MAX;
    // Under the revision of before: should the provider have changed meanwhile, it is not found under that of now.
    if (revision !== null && isWhole && !isLarge) this.#keep(uuid, { allocations, revision });
    return allocations;
  }

  #keep(uuid: ProviderUuid, kept: Kept): void {
    const before = this.#kept.get(uuid);
    if (before !== undefined) this.#forget(uuid, before);
    this.#kept.set(uuid, kept);
    this.#size += sizeOf(kept);
    for (const [oldest, entry] of this.#kept) {
      if (this.#size <= this.#consumersMax) return;
      this.#forget(oldest, entry);
    }
  }

  #forget(uuid: ProviderUuid, kept: Kept): void {
    this.#kept.delete(uuid);
    this.#size -= sizeOf(kept);
  }
}

function sizeOf({ allocations }: Kept): number {
  return allocations.consumers.length + 1;
}

/** Null: the model does not know the provider. */
function revisionOf(model: ModelReader | null, uuid: ProviderUuid): number | null {
  const provider = model?.numberOfUuid(uuid);
  return model === null || provider === undefined ? null : model.revision(provider);
}

function byConsumer(held: readonly HeldOfProvider[]): ProviderAllocations['consumers'] {
  return [...Map.groupBy(held, (record) => record.consumerUuid)].map(([uuid, records]) => ({
    uuid,
    generation: records[0]?.consumerGeneration ?? 0,
    resources: sumByClass(records),
  }));
}
