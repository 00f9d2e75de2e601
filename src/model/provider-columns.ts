// What is known of each provider by itself, as columns: a million providers are a dozen arrays, not a million objects
// that every collection of garbage would have to visit.

import type { ProviderId, ProviderUuid, ResourceClassId, TraitId } from '../domain/ids.ts';
import { providerId } from '../domain/ids.ts';
import type { Aggregate } from './aggregate.ts';
import { grown } from './grown.ts';
import type { IdSet } from './id-sets.ts';

/** All of it but the place in the tree and the amounts in the inventories. */
export interface ProviderEntry {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  readonly name: string;
  readonly generation: number;
  readonly modifiedAtMs: number | null;
  readonly traits: IdSet<TraitId>;
  readonly classes: IdSet<ResourceClassId>;
  readonly aggregates: readonly Aggregate[];
}

export class ProviderColumns {
  /** Undefined for a number that is not in use. */
  readonly #uuids: (ProviderUuid | undefined)[] = [];
  readonly #names: (string | undefined)[] = [];
  readonly #traits: (IdSet<TraitId> | undefined)[] = [];
  readonly #classes: (IdSet<ResourceClassId> | undefined)[] = [];
  readonly #aggregates: (readonly Aggregate[] | undefined)[] = [];
  #ids = new Int32Array(0);
  #generations = new Int32Array(0);
  /** NaN when unknown. */
  #modifiedAtMs = new Float64Array(0);
  #revisions = new Float64Array(0);

  /** Numbers at and beyond this one were never in use. */
  get end(): number {
    return this.#uuids.length;
  }

  has(provider: number): boolean {
    return this.#uuids[provider] !== undefined;
  }

  set(provider: number, entry: ProviderEntry, revision: number): void {
    if (provider >= this.#ids.length) this.#grow(provider);
    this.#uuids[provider] = entry.uuid;
    this.#names[provider] = entry.name;
    this.#traits[provider] = entry.traits;
    this.#classes[provider] = entry.classes;
    this.#aggregates[provider] = entry.aggregates;
    this.#ids[provider] = entry.id;
    this.#generations[provider] = entry.generation;
    this.#modifiedAtMs[provider] = entry.modifiedAtMs ?? Number.NaN;
    this.#revisions[provider] = revision;
  }

  revise(provider: number, revision: number): void {
    this.#revisions[provider] = revision;
  }

  /** @param modifiedAtMs null: as before */
  setGeneration(provider: number, generation: number, modifiedAtMs: number | null): void {
    this.#generations[provider] = generation;
    if (modifiedAtMs !== null) this.#modifiedAtMs[provider] = modifiedAtMs;
  }

  delete(provider: number): void {
    this.#uuids[provider] = undefined;
    this.#names[provider] = undefined;
    this.#traits[provider] = undefined;
    this.#classes[provider] = undefined;
    this.#aggregates[provider] = undefined;
  }

  id(provider: number): ProviderId {
    this.uuid(provider);
    return providerId(this.#ids[provider] ?? 0);
  }

  uuid(provider: number): ProviderUuid {
    return known(this.#uuids[provider], provider);
  }

  name(provider: number): string {
    return known(this.#names[provider], provider);
  }

  generation(provider: number): number {
    this.uuid(provider);
    return this.#generations[provider] ?? 0;
  }

  modifiedAtMs(provider: number): number | null {
    this.uuid(provider);
    const at = this.#modifiedAtMs[provider] ?? Number.NaN;
    return Number.isNaN(at) ? null : at;
  }

  revision(provider: number): number {
    this.uuid(provider);
    return this.#revisions[provider] ?? 0;
  }

  traits(provider: number): IdSet<TraitId> {
    return known(this.#traits[provider], provider);
  }

  classes(provider: number): IdSet<ResourceClassId> {
    return known(this.#classes[provider], provider);
  }

  /** Undefined for a number that is not in use. */
  aggregates(provider: number): readonly Aggregate[] | undefined {
    return this.#aggregates[provider];
  }

  #grow(provider: number): void {
    this.#ids = grown(this.#ids, provider);
    this.#generations = grown(this.#generations, provider);
    this.#modifiedAtMs = grown(this.#modifiedAtMs, provider);
    this.#revisions = grown(this.#revisions, provider);
  }
}

function known<Value>(value: Value | undefined, provider: number): Value {
  if (value === undefined) throw new RangeError(`no provider has the number ${provider}`);
  return value;
}
