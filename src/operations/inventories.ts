// Inventories of one provider: show, create, replace, update, delete (http-api §5).

import {
  inventoryCreateRefused,
  inventoryExists,
  inventoryInUse,
  inventoryNotFound,
  inventoryNotFoundForDelete,
  inventoryNotFoundForUpdate,
  inventoryUnknownClass,
  inventoryUpdateRefused,
  oneInventoryInUse,
  providerGenerationConflict,
  resourceClassNotFound,
} from '../domain/errors/records.ts';
import type { ProviderUuid, ResourceClassId } from '../domain/ids.ts';
import { capacity, type Inventory } from '../domain/inventory.ts';
import { isStandardResourceClass, type ResourceClass } from '../domain/resource-class.ts';
import type { ResourceProvider } from '../domain/resource-provider.ts';
import type { ModelReader, ProviderNumber } from '../model/reader.ts';
import { StaleRead } from '../store/database-errors.ts';
import { relyOn } from '../store/records/guards.ts';
import {
  insertInventory,
  type NamedInventory,
  readInventories,
  readUsage,
  removeInventories,
  updateInventoryRow,
} from '../store/records/inventories.ts';
import { findResourceClass, findResourceClasses } from '../store/records/resource-classes.ts';
import { bumpGeneration, lockProviders } from '../store/records/resource-providers.ts';
import type { ReadTransaction, WriteTransaction } from '../store/transaction.ts';
import { readProvider, timeOf } from './read-provider.ts';
import { requireProvider } from './require-provider.ts';
import type { Service } from './service.ts';

/**
 * How much `reserved` may take of `total` (http-api §5.1): below 1.26 something must be left, from 1.26 on the
 * capacity may be 0 but not less.
 */
export type CapacityRule = 'some-capacity' | 'no-negative-capacity';

/** What a client wants an inventory to be. */
export interface InventoryWrite {
  readonly resourceClass: string;
  readonly inventory: Inventory;
}

/** What is shown of an inventory. */
export interface ShownInventory extends Inventory {
  readonly resourceClass: string;
  readonly modifiedAt: Date | null;
}

export interface ProviderInventories {
  readonly generation: number;
  /** By resource class id. */
  readonly inventories: readonly ShownInventory[];
}

export interface ProviderInventory {
  readonly generation: number;
  readonly inventory: ShownInventory;
}

/** All inventories of the provider. Error: 404. */
export function getInventories(service: Service, uuid: ProviderUuid): Promise<ProviderInventories> {
  return readProvider(service, uuid, inventoriesInModel);
}

/** One inventory. Errors: 404 provider, 404 inventory (also when the class does not exist). */
export function getInventory(service: Service, uuid: ProviderUuid, resourceClass: string): Promise<ProviderInventory> {
  return readProvider(service, uuid, (model, provider) =>
    pick(inventoriesInModel(model, provider), uuid, resourceClass),
  );
}

function inventoriesInModel(model: ModelReader, provider: ProviderNumber): ProviderInventories {
  const inventories = model.inventories(provider).map((inventory) => ({
    ...inventory,
    resourceClass: model.resourceClassName(inventory.resourceClassId),
    modifiedAt: timeOf(inventory.modifiedAtMs),
  }));
  return { generation: model.generation(provider), inventories };
}

/** Adds an inventory. Errors in order: 404, 400 capacity, 400 unknown class, 409 exists. */
export function createInventory(
  service: Service,
  uuid: ProviderUuid,
  write: InventoryWrite & { readonly capacityRule: CapacityRule },
): Promise<ProviderInventory> {
  const { resourceClass, inventory } = write;
  const refuse = (reason: string) => inventoryCreateRefused({ uuid, reason });
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    const broken = brokenCapacityRule(uuid, write, write.capacityRule);
    if (broken !== undefined) throw refuse(broken);
    const found = await findResourceClass(tx, resourceClass);
    if (found === undefined) throw refuse(`No such resource class ${resourceClass}.`);
    const current = await readInventories(tx, provider.id);
    if (hasClass(current, found.id)) throw inventoryExists({ uuid, resourceClass });
    await bumpGeneration(tx, provider);
    await keepCustomClasses(tx, [found]);
    await insertInventory(tx, provider.id, found.id, inventory);
    return readOne(tx, uuid, resourceClass);
  }, uuid);
}

/**
 * Replaces all inventories. Errors in order: 404, 409 generation, 400 capacity, 400 unknown class, 409 when a class
 * that is removed is in use. Shrinking below what is used is allowed.
 */
export function replaceInventories(
  service: Service,
  uuid: ProviderUuid,
  write: {
    readonly generation: number;
    readonly inventories: readonly InventoryWrite[];
    readonly capacityRule: CapacityRule;
  },
): Promise<ProviderInventories> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    assertGeneration(provider, write.generation);
    assertCapacityRule(uuid, write.inventories, write.capacityRule);
    const classes = await findResourceClasses(
      tx,
      write.inventories.map((entry) => entry.resourceClass),
    );
    const wanted = write.inventories.map(({ resourceClass, inventory }) => {
      const found = classes.get(resourceClass);
      if (found === undefined) throw inventoryUnknownClass({ uuid, resourceClass });
      return { resourceClass: found, inventory };
    });
    await bumpGeneration(tx, provider);
    await setInventories(tx, provider, wanted);
    return readAll(tx, uuid);
  }, uuid);
}

/**
 * Updates one inventory. Errors in order: 404 provider, 409 generation, 400 capacity, 404 unknown class, 400 when the
 * provider has no such inventory.
 */
export function updateInventory(
  service: Service,
  uuid: ProviderUuid,
  write: InventoryWrite & { readonly generation: number; readonly capacityRule: CapacityRule },
): Promise<ProviderInventory> {
  const { resourceClass, inventory } = write;
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    assertGeneration(provider, write.generation);
    assertCapacityRule(uuid, [write], write.capacityRule);
    const found = await findResourceClass(tx, resourceClass);
    if (found === undefined) throw resourceClassNotFound({ name: resourceClass });
    const current = await readInventories(tx, provider.id);
    if (!hasClass(current, found.id)) throw inventoryNotFoundForUpdate({ uuid, resourceClass });
    await bumpGeneration(tx, provider);
    await updateInventoryRow(tx, provider.id, found.id, inventory);
    return readOne(tx, uuid, resourceClass);
  }, uuid);
}

/** Removes all inventories; the generation grows even when there were none. Errors: 404, 409 in use. */
export function deleteInventories(service: Service, uuid: ProviderUuid): Promise<void> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    await bumpGeneration(tx, provider);
    await setInventories(tx, provider, []);
  }, uuid);
}

/** Removes one inventory. Errors: 404 provider, 404 inventory, 409 in use. */
export function deleteInventory(service: Service, uuid: ProviderUuid, resourceClass: string): Promise<void> {
  return service.store.write(async (tx) => {
    await lockProviders(tx, [uuid]);
    const provider = await requireProvider(tx, uuid);
    const found = await findResourceClass(tx, resourceClass);
    const current = await readInventories(tx, provider.id);
    if (found === undefined || !hasClass(current, found.id)) throw inventoryNotFoundForDelete({ resourceClass });
    await bumpGeneration(tx, provider);
    const used = (await readUsage(tx, [provider.id])).get(provider.id);
    if (used?.has(found.id)) throw oneInventoryInUse({ uuid, resourceClass });
    await removeInventories(tx, provider.id, [found.id]);
  }, uuid);
}

/**
 * Makes the provider's inventories exactly these. Error: 409 naming, by class id, every class that would be removed
 * while in use. The caller has bumped the generation in the same transaction, so the usage read here is current.
 */
export async function setInventories(
  tx: WriteTransaction,
  provider: ResourceProvider,
  wanted: readonly { readonly resourceClass: ResourceClass; readonly inventory: Inventory }[],
): Promise<void> {
  const current = await readInventories(tx, provider.id);
  const wantedIds = new Set(wanted.map((entry) => entry.resourceClass.id));
  const removed = current.filter((inventory) => !wantedIds.has(inventory.resourceClassId));
  const used = (await readUsage(tx, [provider.id])).get(provider.id);
  const removedInUse = removed.filter((inventory) => used?.has(inventory.resourceClassId));
  if (removedInUse.length > 0) {
    throw inventoryInUse({
      uuid: provider.uuid,
      resourceClasses: removedInUse.map((inventory) => inventory.resourceClass),
    });
  }
  await removeInventories(
    tx,
    provider.id,
    removed.map((inventory) => inventory.resourceClassId),
  );
  await keepCustomClasses(
    tx,
    wanted.map((entry) => entry.resourceClass).filter((resourceClass) => !hasClass(current, resourceClass.id)),
  );
  for (const { resourceClass, inventory } of wanted) {
    const write = hasClass(current, resourceClass.id) ? updateInventoryRow : insertInventory;
    await write(tx, provider.id, resourceClass.id, inventory);
  }
}

/** Sees to it that no custom class of these, which the provider is about to get, is deleted meanwhile. */
export async function keepCustomClasses(tx: WriteTransaction, classes: readonly ResourceClass[]): Promise<void> {
  const custom = classes.filter((resourceClass) => !isStandardResourceClass(resourceClass));
  if (custom.length === 0) return;
  await relyOn(
    tx,
    custom.map((resourceClass) => ({ kind: 'resource-class', id: resourceClass.id })),
  );
  const known = await findResourceClasses(
    tx,
    custom.map((resourceClass) => resourceClass.name),
  );
  if (known.size < custom.length) throw new StaleRead('a resource class');
}

function hasClass(inventories: readonly NamedInventory[], id: ResourceClassId): boolean {
  return inventories.some((inventory) => inventory.resourceClassId === id);
}

function assertGeneration(provider: ResourceProvider, given: number): void {
  if (provider.generation !== given) {
    throw providerGenerationConflict({ uuid: provider.uuid, actual: provider.generation, given });
  }
}

function assertCapacityRule(uuid: ProviderUuid, writes: readonly InventoryWrite[], rule: CapacityRule): void {
  for (const write of writes) {
    const reason = brokenCapacityRule(uuid, write, rule);
    if (reason !== undefined) throw inventoryUpdateRefused({ uuid, reason });
  }
}

/** What is wrong with the record, or undefined. */
function brokenCapacityRule(uuid: ProviderUuid, write: InventoryWrite, rule: CapacityRule): string | undefined {
  const left = capacity(write.inventory);
  const broken = rule === 'some-capacity' ? left <= 0 : left < 0;
  if (!broken) return undefined;
  const relation = rule === 'some-capacity' ? 'greater than or equal to total' : 'greater than total';
  return `Invalid inventory for '${write.resourceClass}' on resource provider '${uuid}'. The reserved value is ${relation}.`;
}

async function readAll(tx: ReadTransaction, uuid: ProviderUuid): Promise<ProviderInventories> {
  const provider = await requireProvider(tx, uuid);
  return { generation: provider.generation, inventories: await readInventories(tx, provider.id) };
}

async function readOne(tx: ReadTransaction, uuid: ProviderUuid, resourceClass: string): Promise<ProviderInventory> {
  return pick(await readAll(tx, uuid), uuid, resourceClass);
}

/** Error: 404 when there is no inventory of the class, which need not exist. */
function pick(all: ProviderInventories, uuid: ProviderUuid, resourceClass: string): ProviderInventory {
  const { generation, inventories } = all;
  const inventory = inventories.find((entry) => entry.resourceClass === resourceClass);
  if (inventory === undefined) throw inventoryNotFound({ uuid, resourceClass });
  return { generation, inventory };
}
