// The picture of all providers in memory: columns addressed by dense provider numbers, a bit set per trait, aggregate
// and resource class. It is changed only by `apply`, at a cost about the size of what changed; numbers of providers
// that are gone are used again.

import type { AggregateUuid, ProviderId, ProviderUuid, ResourceClassId, TraitId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type { ModelUpdate, NameCatalog, ProviderState } from '../domain/resource-provider.ts';
import { type Aggregate, Aggregates } from './aggregate.ts';
import { BitSet, EMPTY_BIT_SET, type ReadonlyBitSet } from './bit-set.ts';
import { Forest } from './forest.ts';
import type { IdSet } from './id-sets.ts';
import { Inventories } from './inventories.ts';
import type { InventoryColumn } from './inventory-column.ts';
import { NameTables } from './name-tables.ts';
import { type ModelReader, type ProviderNumber, providerNumber } from './reader.ts';
import { Traits } from './traits.ts';

/** What is known of one provider besides its place in the tree and the amounts in its inventories. */
interface Entry {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  readonly name: string;
  readonly generation: number;
  readonly modifiedAtMs: number | null;
  readonly traits: IdSet<TraitId>;
  readonly classes: IdSet<ResourceClassId>;
  readonly aggregates: readonly Aggregate[];
  readonly revision: number;
}

const NO_AGGREGATES: readonly Aggregate[] = [];
const NO_NAMES: NameCatalog = { resourceClasses: [], traits: [] };

export class Model implements ModelReader {
  #names = new NameTables(NO_NAMES);
  #entries: (Entry | undefined)[] = [];
  #freeNumbers: number[] = [];
  #live = new BitSet();
  #numbersById = new Map<number, number>();
  #numbersByUuid = new Map<string, ProviderNumber>();
  #numbersByName = new Map<string, ProviderNumber>();
  #forest = new Forest();
  #traits = new Traits();
  #inventories = new Inventories();
  #aggregates = new Aggregates();
  #sharingTraitId: TraitId | undefined;
  /** Counts what was applied, through reloads too, so that no revision is ever given twice. */
  #revision = 0;
  #namesRevision = 0;

  // Being changed

  /** Brings the picture up to date. Whatever numbers a reader had are void afterwards. */
  apply(update: ModelUpdate): void {
    switch (update.kind) {
      case 'none':
        return;
      case 'delta': {
        this.#revision++;
        if (update.names !== null) this.#rename(update.names);
        // The last word on a provider counts, should an update speak of it twice.
        const latest = new Map(update.providers.map(({ id, state }) => [id, state]));
        this.#change(latest);
        return;
      }
      case 'reload': {
        this.#clear();
        this.#revision++;
        this.#rename(update.names);
        for (const state of update.providers) this.#put(this.#admit(state.id), state);
        this.#settle();
        return;
      }
    }
  }

  #change(states: ReadonlyMap<ProviderId, ProviderState | null>): void {
    // Those who go leave first: a uuid may pass to a new row within one update.
    const leaving: number[] = [];
    for (const [id, state] of states) {
      const provider = state === null ? this.#numbersById.get(id) : undefined;
      if (provider !== undefined) leaving.push(provider);
    }
    this.#forest.remove(leaving);
    for (const provider of leaving) this.#dismiss(provider);
    for (const [id, state] of states) if (state !== null) this.#put(this.#admit(id), state);
    this.#settle();
  }

  #settle(): void {
    this.#forest.settle((id) => this.#numbersById.get(id));
  }

  #clear(): void {
    this.#entries = [];
    this.#freeNumbers = [];
    this.#live = new BitSet();
    this.#numbersById = new Map();
    this.#numbersByUuid = new Map();
    this.#numbersByName = new Map();
    this.#forest = new Forest();
    this.#traits = new Traits();
    this.#inventories = new Inventories();
    this.#aggregates = new Aggregates();
  }

  #rename(names: NameCatalog): void {
    this.#names = new NameTables(names);
    this.#namesRevision = this.#revision;
    const sharing = this.#names.sharingTraitId;
    if (sharing === this.#sharingTraitId) return;
    for (const provider of this.sharing) this.#markSharing(provider, false);
    this.#sharingTraitId = sharing;
    for (const provider of this.sharing) this.#markSharing(provider, true);
  }

  /** The number of the provider with this row id, a new one if need be. */
  #admit(id: ProviderId): number {
    const known = this.#numbersById.get(id);
    if (known !== undefined) return known;
    const provider = this.#freeNumbers.pop() ?? this.#entries.length;
    if (provider === this.#entries.length) this.#entries.push(undefined);
    this.#numbersById.set(id, provider);
    this.#live.add(provider);
    this.#forest.add(provider);
    return provider;
  }

  #put(provider: number, state: ProviderState): void {
    const before = this.#entries[provider];
    if (before !== undefined) this.#markSharing(provider, false);
    if (before?.uuid !== state.uuid || before.name !== state.name) {
      if (before !== undefined) this.#forgetNames(before, provider);
      this.#numbersByUuid.set(state.uuid, providerNumber(provider));
      this.#numbersByName.set(state.name, providerNumber(provider));
    }
    this.#entries[provider] = {
      id: state.id,
      uuid: state.uuid,
      name: state.name,
      generation: state.generation,
      modifiedAtMs: state.modifiedAtMs,
      traits: this.#traits.change(provider, before?.traits, state.traitIds),
      classes: this.#inventories.change(provider, before?.classes, state.inventories),
      aggregates: this.#changeAggregates(provider, before?.aggregates ?? NO_AGGREGATES, state.aggregates),
      revision: this.#revision,
    };
    this.#markSharing(provider, this.sharing.has(provider));
    this.#forest.place(provider, state.parentId, state.rootId);
  }

  #dismiss(provider: number): void {
    const entry = this.#entries[provider];
    if (entry === undefined) return;
    this.#markSharing(provider, false);
    this.#forgetNames(entry, provider);
    this.#numbersById.delete(entry.id);
    this.#traits.remove(provider, entry.traits);
    this.#inventories.remove(provider, entry.classes);
    for (const aggregate of entry.aggregates) this.#aggregates.leave(provider, aggregate.uuid);
    this.#entries[provider] = undefined;
    this.#live.delete(provider);
    this.#freeNumbers.push(provider);
  }

  /** Unless somebody else has taken them by now: two providers may swap names in one update. */
  #forgetNames({ uuid, name }: Entry, provider: number): void {
    if (this.#numbersByUuid.get(uuid) === provider) this.#numbersByUuid.delete(uuid);
    if (this.#numbersByName.get(name) === provider) this.#numbersByName.delete(name);
  }

  #changeAggregates(
    provider: number,
    before: readonly Aggregate[],
    uuids: readonly AggregateUuid[],
  ): readonly Aggregate[] {
    if (before.length === uuids.length && before.every(({ uuid }, index) => uuid === uuids[index])) return before;
    for (const { uuid } of before) this.#aggregates.leave(provider, uuid);
    return [...new Set(uuids)].map((uuid) => this.#aggregates.join(provider, uuid));
  }

  #markSharing(provider: number, shares: boolean): void {
    for (const { uuid } of this.#entries[provider]?.aggregates ?? NO_AGGREGATES) {
      this.#aggregates.markSharing(provider, uuid, shares);
    }
  }

  // Being read: one provider

  get providerCount(): number {
    return this.#live.size;
  }

  numberOfUuid(uuid: string): ProviderNumber | undefined {
    return this.#numbersByUuid.get(uuid);
  }

  numberOfId(id: ProviderId): ProviderNumber | undefined {
    const provider = this.#numbersById.get(id);
    return provider === undefined ? undefined : providerNumber(provider);
  }

  numberOfName(name: string): ProviderNumber | undefined {
    return this.#numbersByName.get(name);
  }

  providers(): readonly ProviderNumber[] {
    return this.inOrderOfCreation(this.#live);
  }

  /** The members of a set of provider numbers in order of row id. Numbers mostly follow the ids already. */
  inOrderOfCreation(members: Iterable<number>): readonly ProviderNumber[] {
    const numbers: ProviderNumber[] = [];
    let ordered = true;
    let latest = Number.NEGATIVE_INFINITY;
    for (const member of members) {
      const id = this.#entry(member).id;
      ordered &&= latest < id;
      latest = id;
      numbers.push(providerNumber(member));
    }
    return ordered ? numbers : numbers.sort((a, b) => this.id(a) - this.id(b));
  }

  id(provider: number): ProviderId {
    return this.#entry(provider).id;
  }

  uuid(provider: number): ProviderUuid {
    return this.#entry(provider).uuid;
  }

  name(provider: number): string {
    return this.#entry(provider).name;
  }

  generation(provider: number): number {
    return this.#entry(provider).generation;
  }

  parent(provider: number): ProviderNumber | undefined {
    const parent = this.#forest.parent(provider);
    return parent < 0 ? undefined : providerNumber(parent);
  }

  root(provider: number): ProviderNumber {
    return providerNumber(this.#forest.root(provider));
  }

  modifiedAtMs(provider: number): number | null {
    return this.#entry(provider).modifiedAtMs;
  }

  inventories(provider: number): readonly InventoryUse[] {
    const inventories: InventoryUse[] = [];
    for (const id of this.#entry(provider).classes.ids) {
      const inventory = this.#inventories.column(id)?.get(provider);
      if (inventory !== undefined && this.#names.resourceClassName(id) !== undefined) inventories.push(inventory);
    }
    return inventories;
  }

  traitNames(provider: number): readonly string[] {
    return this.#names.traitNames(this.#entry(provider).traits);
  }

  aggregates(provider: number): readonly AggregateUuid[] {
    return this.#entry(provider).aggregates.map(({ uuid }) => uuid);
  }

  revision(provider: number): number {
    return Math.max(this.#entry(provider).revision, this.#namesRevision);
  }

  #entry(provider: number): Entry {
    const entry = this.#entries[provider];
    if (entry === undefined) throw new RangeError(`no provider has the number ${provider}`);
    return entry;
  }

  // Being read: as it was told, for the audit

  /** The row ids of parent (null: none) and root as they were told, whether or not these are known. */
  toldPlace(provider: number): { readonly parentId: number | null; readonly rootId: number } {
    return this.#forest.toldPlace(provider);
  }

  /** Ascending. */
  traitIds(provider: number): readonly TraitId[] {
    return this.#entry(provider).traits.ids;
  }

  /** Of the provider's inventories, ascending. */
  resourceClassIds(provider: number): readonly ResourceClassId[] {
    return this.#entry(provider).classes.ids;
  }

  get nameCatalog(): NameCatalog {
    return this.#names.catalog;
  }

  // Being read: names

  resourceClassId(name: string): ResourceClassId | undefined {
    return this.#names.resourceClassId(name);
  }

  resourceClassName(id: ResourceClassId): string {
    const name = this.#names.resourceClassName(id);
    if (name === undefined) throw new RangeError(`no resource class has the id ${id}`);
    return name;
  }

  traitId(name: string): TraitId | undefined {
    return this.#names.traitId(name);
  }

  // Being read: sets, for the search

  /** All providers. */
  get live(): ReadonlyBitSet {
    return this.#live;
  }

  get roots(): ReadonlyBitSet {
    return this.#forest.roots;
  }

  /** Providers with the sharing trait (allocation-candidates §1.4). */
  get sharing(): ReadonlyBitSet {
    return this.#sharingTraitId === undefined ? EMPTY_BIT_SET : this.withTrait(this.#sharingTraitId);
  }

  withTrait(id: TraitId): ReadonlyBitSet {
    return this.#traits.members(id);
  }

  /** The members of an aggregate; nobody for one that nobody carries. */
  inAggregate(uuid: string): ReadonlyBitSet {
    return this.#aggregates.get(uuid)?.members ?? EMPTY_BIT_SET;
  }

  aggregatesOf(provider: number): readonly Aggregate[] {
    return this.#entries[provider]?.aggregates ?? NO_AGGREGATES;
  }

  inventoryColumn(id: ResourceClassId): InventoryColumn | undefined {
    return this.#inventories.column(id);
  }

  /** Calls `visit` for each provider of the tree, the root first. */
  forTree(root: number, visit: (provider: number) => void): void {
    let member = root;
    do {
      visit(member);
      member = this.#forest.nextInTree(member);
    } while (member !== root);
  }

  isAncestor(ancestor: number, provider: number): boolean {
    return this.#forest.isAncestor(ancestor, provider);
  }

  /** The parent's number, or -1 (the search's own form of {@link parent}). */
  parentOrNone(provider: number): number {
    return this.#forest.parent(provider);
  }
}
