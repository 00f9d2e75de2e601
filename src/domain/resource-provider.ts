// Resource providers as values: a stored row, and the state of one provider as the model in memory takes it.

import type { AggregateUuid, ProviderId, ProviderUuid, ResourceClassId, TraitId } from './ids.ts';
import type { InventoryUse } from './inventory.ts';

/** A provider with its place in the tree, as one row read whole. */
export interface ResourceProvider {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  readonly name: string;
  /** Starts at 0 and only grows. */
  readonly generation: number;
  /** Null for a root. */
  readonly parentId: ProviderId | null;
  readonly parentUuid: ProviderUuid | null;
  /** The provider's own id for a root. */
  readonly rootId: ProviderId;
  readonly rootUuid: ProviderUuid;
  /** Last update, else creation; null on rows that other tools made without either. */
  readonly modifiedAt: Date | null;
}

/** Everything that the model in memory knows of one provider. */
export interface ProviderState {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  readonly name: string;
  readonly generation: number;
  readonly parentId: ProviderId | null;
  readonly rootId: ProviderId;
  /** Milliseconds since the epoch, or null when unknown. */
  readonly modifiedAtMs: number | null;
  readonly inventories: readonly InventoryUse[];
  readonly traitIds: readonly TraitId[];
  /** In order of the aggregates' row ids. */
  readonly aggregates: readonly AggregateUuid[];
}

/** What a write of allocations changed of a provider: how much of its classes is used, and its generation. */
export interface UsageChange {
  readonly id: ProviderId;
  /** That of the state which the change was made on. */
  readonly generationBefore: number;
  /** The same when consumers only gave something back. */
  readonly generation: number;
  /** Milliseconds since the epoch; null: as before. */
  readonly modifiedAtMs: number | null;
  /** What was added, by class; less than 0 for what was given back. */
  readonly used: ReadonlyMap<ResourceClassId, number>;
}

/** Names of all resource classes and traits, each ordered by id. */
export interface NameCatalog {
  readonly resourceClasses: readonly { readonly id: ResourceClassId; readonly name: string }[];
  readonly traits: readonly {
    readonly id: TraitId;
    readonly name: string;
    /** Milliseconds since the epoch, or null when unknown. */
    readonly modifiedAtMs: number | null;
  }[];
}

/**
 * What a look at the change feed brought.
 * - `none`: nothing was committed since the last look.
 * - `delta`: the new whole state of each provider that changed (null: it is gone), and the names if they changed.
 * - `reload`: everything, because the reader is new or fell behind; without providers when a {@link ReloadTarget} was
 *   given them while they were read.
 */
export type ModelUpdate =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'delta';
      readonly names: NameCatalog | null;
      readonly providers: readonly { readonly id: ProviderId; readonly state: ProviderState | null }[];
    }
  | { readonly kind: 'reload'; readonly names: NameCatalog; readonly providers: Iterable<ProviderState> | null };

/** Takes a reload in slices, so that a million providers are never in memory twice. */
export interface ReloadTarget {
  /** From here on until the update is there, it is not known whether what is committed meanwhile is in it. */
  reading(): void;
  /** Forgets everything. Comes first, and once more whenever the reading has to begin anew. */
  begin(names: NameCatalog): void;
  add(providers: readonly ProviderState[]): void;
}
