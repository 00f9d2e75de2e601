// What the model in memory lets its readers see. Providers are addressed by dense numbers, which hold only until the
// next update is applied: a reader uses them within one synchronous stretch and never keeps them.

import type { AggregateUuid, Brand, ProviderId, ProviderUuid, ResourceClassId, TraitId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';

/** Dense number of a provider in the model, from 0. */
export type ProviderNumber = Brand<number, 'ProviderNumber'>;

function isProviderNumber(index: number): index is ProviderNumber {
  return index >= 0;
}

/** Names an index of the model's columns as a provider number. */
export function providerNumber(index: number): ProviderNumber {
  if (!isProviderNumber(index)) throw new RangeError(`no provider number ${index}`);
  return index;
}

export interface ModelReader {
  /** How many providers there are now. */
  readonly providerCount: number;

  /** No provider's UUID has another character than letters, digits and dashes. Other tools may have written any text. */
  readonly hasPlainUuids: boolean;

  numberOfUuid(uuid: string): ProviderNumber | undefined;
  /** All providers in order of creation (row id). */
  providers(): Iterable<ProviderNumber>;

  id(provider: ProviderNumber): ProviderId;
  uuid(provider: ProviderNumber): ProviderUuid;
  name(provider: ProviderNumber): string;
  generation(provider: ProviderNumber): number;
  parent(provider: ProviderNumber): ProviderNumber | undefined;
  /** The provider itself for a root. */
  root(provider: ProviderNumber): ProviderNumber;
  /** Milliseconds since the epoch, or null when unknown. */
  modifiedAtMs(provider: ProviderNumber): number | null;
  /** Inventories in order of resource class id. */
  inventories(provider: ProviderNumber): readonly InventoryUse[];
  /** Names of the provider's traits: standard ones before custom ones, each by id (allocation-candidates §4). */
  traitNames(provider: ProviderNumber): readonly string[];
  /** When the newest of these traits themselves was changed; null: there is none, or of none it is known. */
  traitsModifiedAtMs(provider: ProviderNumber): number | null;
  /** In order of the aggregates' row ids. */
  aggregates(provider: ProviderNumber): readonly AggregateUuid[];
  /**
   * Differs from every earlier value once anything that the other methods say of the provider may have changed; never
   * used twice, also when a number passes to another provider. What is made from a provider may be kept under it.
   */
  revision(provider: ProviderNumber): number;

  resourceClassId(name: string): ResourceClassId | undefined;
  resourceClassName(id: ResourceClassId): string;
  traitId(name: string): TraitId | undefined;
}
