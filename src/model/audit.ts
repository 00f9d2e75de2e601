// What the model says of providers, held against what the database says of them at the same moment. The feed keeps the
// model true; this finds what slipped past it: a defect, a row changed by hand, a bit flipped.

import type { ProviderId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import type { NameCatalog, ProviderState } from '../domain/resource-provider.ts';
import type { Model } from './model.ts';

/** All providers whose row id is above `after`, up to `upTo`. */
export interface AuditSlice {
  /** Null: from the first one on. */
  readonly after: ProviderId | null;
  /** Null: to the last one. */
  readonly upTo: ProviderId | null;
  readonly states: readonly ProviderState[];
}

/** A provider about which the model is wrong, and its true state; null: there is none. */
export interface ProviderDifference {
  readonly id: ProviderId;
  readonly state: ProviderState | null;
}

/** The providers of the slice that the model has wrong, lacks, or has though they are gone. */
export function differencesIn(model: Model, slice: AuditSlice): readonly ProviderDifference[] {
  const differences: ProviderDifference[] = slice.states
    .filter((state) => !isAsStated(model, state))
    .map((state) => ({ id: state.id, state }));
  const present = new Set(slice.states.map(({ id }) => id));
  for (const provider of model.live) {
    const id = model.id(provider);
    if (id <= (slice.after ?? Number.NEGATIVE_INFINITY) || id > (slice.upTo ?? Number.POSITIVE_INFINITY)) continue;
    if (!present.has(id)) differences.push({ id, state: null });
  }
  return differences;
}

/** Whether the model knows the same resource classes and traits by the same ids. */
export function hasNames(model: Model, names: NameCatalog): boolean {
  const known = model.nameCatalog;
  return (
    sameNames(known.resourceClasses, names.resourceClasses) &&
    sameNames(known.traits, names.traits) &&
    sameTimes(known.traits, names.traits) &&
    names.resourceClasses.every(({ id, name }) => model.resourceClassId(name) === id) &&
    names.traits.every(({ id, name }) => model.traitId(name) === id)
  );
}

type Names = readonly { readonly id: number; readonly name: string }[];

function sameNames(one: Names, other: Names): boolean {
  const names = new Map(one.map(({ id, name }) => [id, name]));
  return one.length === other.length && other.every(({ id, name }) => names.get(id) === name);
}

function sameTimes(one: NameCatalog['traits'], other: NameCatalog['traits']): boolean {
  const times = new Map(one.map(({ id, modifiedAtMs }) => [id, modifiedAtMs]));
  return other.every(({ id, modifiedAtMs }) => times.get(id) === modifiedAtMs);
}

function isAsStated(model: Model, state: ProviderState): boolean {
  const provider = model.numberOfId(state.id);
  return (
    provider !== undefined &&
    model.numberOfUuid(state.uuid) === provider &&
    model.numberOfName(state.name) === provider &&
    model.uuid(provider) === state.uuid &&
    model.name(provider) === state.name &&
    model.generation(provider) === state.generation &&
    model.modifiedAtMs(provider) === state.modifiedAtMs &&
    isInPlace(model, provider, state) &&
    hasInventories(model, provider, state.inventories) &&
    hasMembers(model.traitIds(provider), state.traitIds) &&
    state.traitIds.every((id) => model.withTrait(id).has(provider)) &&
    inThisOrder(model.aggregates(provider), state.aggregates) &&
    state.aggregates.every((uuid) => model.inAggregate(uuid).has(provider))
  );
}

/** A parent or root that the database does not have cannot be pointed at; what was told of it still counts. */
function isInPlace(model: Model, provider: number, { parentId, rootId }: ProviderState): boolean {
  const told = model.toldPlace(provider);
  if (told.parentId !== parentId || told.rootId !== rootId) return false;
  const parent = parentId === null ? undefined : model.numberOfId(parentId);
  if (model.parent(provider) !== parent) return false;
  const root = model.numberOfId(rootId);
  return root === undefined || model.toldPlace(root).rootId !== rootId || model.root(provider) === root;
}

function hasInventories(model: Model, provider: number, inventories: readonly InventoryUse[]): boolean {
  return (
    model.resourceClassIds(provider).length === inventories.length &&
    inventories.every((stated) => {
      const column = model.inventoryColumn(stated.resourceClassId);
      const known = column?.get(provider);
      return known !== undefined && column?.providers.has(provider) === true && sameInventory(known, stated);
    })
  );
}

function sameInventory(one: InventoryUse, other: InventoryUse): boolean {
  return (
    one.total === other.total &&
    one.reserved === other.reserved &&
    one.minUnit === other.minUnit &&
    one.maxUnit === other.maxUnit &&
    one.stepSize === other.stepSize &&
    one.allocationRatio === other.allocationRatio &&
    one.used === other.used &&
    one.modifiedAtMs === other.modifiedAtMs
  );
}

function hasMembers<Member>(one: readonly Member[], other: readonly Member[]): boolean {
  const members = new Set(one);
  return members.size === new Set(other).size && other.every((member) => members.has(member));
}

function inThisOrder<Member>(one: readonly Member[], other: readonly Member[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index]);
}
