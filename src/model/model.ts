// The picture of all providers in memory: columns addressed by dense provider numbers, a bit set per trait, aggregate
// and resource class. It is changed only by `apply`, at a cost about the size of what changed; numbers of providers
// that are gone are used again.

import type { AggregateUuid, ProviderId, ProviderUuid, ResourceClassId, TraitId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type {
  ModelUpdate,
  NameCatalog,
  ProviderState,
  ReloadTarget,
  UsageChange,
} from '../domain/resource-provider.ts';
import { type Aggregate, Aggregates, NO_AGGREGATES } from './aggregate.ts';
import { BitSet, EMPTY_BIT_SET, type ReadonlyBitSet } from './bit-set.ts';
import { Forest } from './forest.ts';
import { Inventories } from './inventories.ts';
import type { InventoryColumn } from './inventory-column.ts';
import { NameTables } from './name-tables.ts';
import { ProviderColumns } from './provider-columns.ts';
import { type ModelReader, type ProviderNumber, providerNumber } from './reader.ts';
import { Traits } from './traits.ts';

const PLAIN = /^[0-9a-zA-Z-]*$/;
const NO_NAMES: NameCatalog = { resourceClasses: [], traits: [] };

export class Model implements ModelReader, Omit<ReloadTarget, 'reading'> {
  #names = new NameTables(NO_NAMES);
  #columns = new ProviderColumns();
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
  #oddUuids = 0;

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
        if (update.providers !== null) {
          this.begin(update.names);
          this.add(update.providers);
        }
        this.#settle();
        return;
      }
    }
  }

  /**
   * Takes over what a write of allocations changed, all of it; false, with nothing changed, when a provider that it advances
   * is not in the state on which that was done. What consumers gave back without advancing a provider is as much in any
   * state, and lanes that write side by side bring it in any order. Numbers of providers stay as they are.
   */
  takeOver(changes: readonly UsageChange[]): boolean {
    if (!changes.every((change) => this.#isStateBefore(change))) return false;
    this.#revision++;
    for (const change of changes) {
      const provider = this.#numbersById.get(change.id);
      if (provider === undefined) continue;
      for (const [resourceClass, amount] of change.used) {
        this.#inventories.column(resourceClass)?.addUsed(provider, amount);
      }
      if (isAdvance(change)) this.#columns.setGeneration(provider, change.generation, change.modifiedAtMs);
      this.#columns.revise(provider, this.#revision);
    }
    return true;
  }

  #isStateBefore(change: UsageChange): boolean {
    const provider = this.#numbersById.get(change.id);
    if (provider === undefined) return false;
    if (isAdvance(change) && this.#columns.generation(provider) !== change.generationBefore) return false;
    return [...change.used.keys()].every((resourceClass) =>
      this.#inventories.column(resourceClass)?.providers.has(provider),
    );
  }

  /** Forgets everything. What {@link add} brings is in place only once a reload was applied. */
  begin(names: NameCatalog): void {
    this.#clear();
    this.#revision++;
    this.#rename(names);
  }

  /** Part of a reload that has begun. */
  add(providers: Iterable<ProviderState>): void {
    for (const state of providers) this.#put(this.#admit(state.id), state);
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
    this.#forest.settle(
      (id) => this.#numbersById.get(id),
      (provider) => this.#columns.revise(provider, this.#revision),
    );
  }

  #clear(): void {
    this.#columns = new ProviderColumns();
    this.#freeNumbers = [];
    this.#live = new BitSet();
    this.#numbersById = new Map();
    this.#numbersByUuid = new Map();
    this.#numbersByName = new Map();
    this.#oddUuids = 0;
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
    const provider = this.#freeNumbers.pop() ?? this.#live.size;
    this.#numbersById.set(id, provider);
    this.#live.add(provider);
    this.#forest.add(provider);
    return provider;
  }

  #put(provider: number, state: ProviderState): void {
    const columns = this.#columns;
    const isNew = !columns.has(provider);
    if (!isNew) this.#markSharing(provider, false);
    if (isNew || columns.uuid(provider) !== state.uuid || columns.name(provider) !== state.name) {
      if (!isNew) this.#forgetNames(provider);
      // Others show it as their root or parent: whatever was made of them may no longer hold.
      if (!isNew && columns.uuid(provider) !== state.uuid) this.#namesRevision = this.#revision;
      if (!PLAIN.test(state.uuid)) this.#oddUuids++;
      this.#numbersByUuid.set(state.uuid, providerNumber(provider));
      this.#numbersByName.set(state.name, providerNumber(provider));
    }
    const entry = {
      id: state.id,
      uuid: state.uuid,
      name: state.name,
      generation: state.generation,
      modifiedAtMs: state.modifiedAtMs,
      traits: this.#traits.change(provider, isNew ? undefined : columns.traits(provider), state.traitIds),
      classes: this.#inventories.change(provider, isNew ? undefined : columns.classes(provider), state.inventories),
      aggregates: this.#aggregates.change(provider, columns.aggregates(provider), state.aggregates),
    };
    columns.set(provider, entry, this.#revision);
    if (entry.aggregates.length > 0) this.#markSharing(provider, this.sharing.has(provider));
    this.#forest.place(provider, state);
  }

  #dismiss(provider: number): void {
    const columns = this.#columns;
    if (!columns.has(provider)) return;
    this.#markSharing(provider, false);
    this.#forgetNames(provider);
    this.#numbersById.delete(columns.id(provider));
    this.#traits.remove(provider, columns.traits(provider));
    this.#inventories.remove(provider, columns.classes(provider));
    this.#aggregates.change(provider, columns.aggregates(provider), []);
    columns.delete(provider);
    this.#live.delete(provider);
    this.#freeNumbers.push(provider);
  }

  /** Unless somebody else has taken them by now: two providers may swap names in one update. */
  #forgetNames(provider: number): void {
    const uuid = this.#columns.uuid(provider);
    const name = this.#columns.name(provider);
    if (!PLAIN.test(uuid)) this.#oddUuids--;
    if (this.#numbersByUuid.get(uuid) === provider) this.#numbersByUuid.delete(uuid);
    if (this.#numbersByName.get(name) === provider) this.#numbersByName.delete(name);
  }

  #markSharing(provider: number, shares: boolean): void {
    for (const { uuid } of this.aggregatesOf(provider)) {
      this.#aggregates.markSharing(provider, uuid, shares);
    }
  }

  // Being read: one provider

  /** Another number after every update that may have changed something. */
  get changeCount(): number {
    return this.#revision;
  }

  get providerCount(): number {
    return this.#live.size;
  }

  get hasPlainUuids(): boolean {
    return this.#oddUuids === 0;
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
      const id = this.id(member);
      ordered &&= latest < id;
      latest = id;
      numbers.push(providerNumber(member));
    }
    return ordered ? numbers : numbers.sort((a, b) => this.id(a) - this.id(b));
  }

  id(provider: number): ProviderId {
    return this.#columns.id(provider);
  }

  uuid(provider: number): ProviderUuid {
    return this.#columns.uuid(provider);
  }

  name(provider: number): string {
    return this.#columns.name(provider);
  }

  generation(provider: number): number {
    return this.#columns.generation(provider);
  }

  parent(provider: number): ProviderNumber | undefined {
    const parent = this.#forest.parent(provider);
    return parent < 0 ? undefined : providerNumber(parent);
  }

  root(provider: number): ProviderNumber {
    return providerNumber(this.#forest.root(provider));
  }

  modifiedAtMs(provider: number): number | null {
    return this.#columns.modifiedAtMs(provider);
  }

  inventories(provider: number): readonly InventoryUse[] {
    const inventories: InventoryUse[] = [];
    for (const id of this.#columns.classes(provider).ids) {
      const inventory = this.#inventories.column(id)?.get(provider);
      if (inventory !== undefined && this.#names.resourceClassName(id) !== undefined) inventories.push(inventory);
    }
    return inventories;
  }

  traitNames(provider: number): readonly string[] {
    return this.#names.traitNames(this.#columns.traits(provider));
  }

  traitsModifiedAtMs(provider: number): number | null {
    return this.#names.traitsModifiedAtMs(this.#columns.traits(provider));
  }

  aggregates(provider: number): readonly AggregateUuid[] {
    return this.aggregatesOf(provider).map(({ uuid }) => uuid);
  }

  revision(provider: number): number {
    return Math.max(this.#columns.revision(provider), this.#namesRevision);
  }

  // Being read: as it was told, for the audit

  /** The row ids of parent (null: none) and root as they were told, whether or not these are known. */
  toldPlace(provider: number): { readonly parentId: number | null; readonly rootId: number } {
    return this.#forest.toldPlace(provider);
  }

  /** Ascending. */
  traitIds(provider: number): readonly TraitId[] {
    return this.#columns.traits(provider).ids;
  }

  /** Of the provider's inventories, ascending. */
  resourceClassIds(provider: number): readonly ResourceClassId[] {
    return this.#columns.classes(provider).ids;
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
    return this.#columns.aggregates(provider) ?? NO_AGGREGATES;
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

  /** The next member of the tree; after the last one comes the root again. */
  nextInTree(provider: number): number {
    return this.#forest.nextInTree(provider);
  }

  /** Whether the tree of the root has no other member. */
  isAlone(root: number): boolean {
    return this.#forest.nextInTree(root) === root;
  }

  isAncestor(ancestor: number, provider: number): boolean {
    return this.#forest.isAncestor(ancestor, provider);
  }

  /** The parent's number, or -1 (the search's own form of {@link parent}). */
  parentOrNone(provider: number): number {
    return this.#forest.parent(provider);
  }
}

function isAdvance({ generationBefore, generation }: UsageChange): boolean {
  return generationBefore !== generation;
}
