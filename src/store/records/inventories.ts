// Rows of inventories, and what consumers hold of them.

import type { ProviderId, ResourceClassId } from '../../domain/ids.ts';
import type { Inventory, StoredInventory } from '../../domain/inventory.ts';
import { StaleRead } from '../database-errors.ts';
import { type RowOf, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { modifiedAt } from '../timestamps.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

/** A stored inventory together with the name of its class. */
export interface NamedInventory extends StoredInventory {
  readonly resourceClass: string;
}

interface InventoryValues {
  readonly provider: ProviderId;
  readonly resourceClass: ResourceClassId;
  readonly total: number;
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly ratio: number;
  readonly now: Timestamp;
}
type InventoryParameters = { [Name in keyof InventoryValues]: InventoryValues[Name] };

const ofProviders = statement<{ providers: readonly ProviderId[] }>()(({ db, within }) =>
  db
    .selectFrom('inventories')
    .innerJoin('resource_classes', 'resource_classes.id', 'inventories.resource_class_id')
    .selectAll('inventories')
    .select('resource_classes.name as resource_class_name')
    .where(within('inventories.resource_provider_id', 'providers'))
    .orderBy('inventories.resource_provider_id')
    .orderBy('inventories.resource_class_id'),
);
const usage = statement<{ providers: readonly ProviderId[] }>()(({ db, within }) =>
  db
    .selectFrom('allocations')
    .select(['resource_provider_id', 'resource_class_id'])
    .select(({ fn }) => fn.sum<number>('used').as('used'))
    .where(within('allocations.resource_provider_id', 'providers'))
    .groupBy(['resource_provider_id', 'resource_class_id']),
);
const insert = statement<InventoryParameters>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('inventories').values({
      resource_provider_id: slot.provider,
      resource_class_id: slot.resourceClass,
      total: slot.total,
      reserved: slot.reserved,
      min_unit: slot.minUnit,
      max_unit: slot.maxUnit,
      step_size: slot.stepSize,
      allocation_ratio: slot.ratio,
      created_at: slot.now,
    }),
  ),
);
const update = statement<InventoryParameters>()(({ db, slot }) =>
  db
    .updateTable('inventories')
    .set({
      total: slot.total,
      reserved: slot.reserved,
      min_unit: slot.minUnit,
      max_unit: slot.maxUnit,
      step_size: slot.stepSize,
      allocation_ratio: slot.ratio,
      updated_at: slot.now,
    })
    .where('resource_provider_id', '=', slot.provider)
    .where('resource_class_id', '=', slot.resourceClass),
);
const remove = statement<{ provider: ProviderId; resourceClasses: readonly ResourceClassId[] }>()(
  ({ db, slot, within }) =>
    db
      .deleteFrom('inventories')
      .where('resource_provider_id', '=', slot.provider)
      .where(within('inventories.resource_class_id', 'resourceClasses')),
);

/** The inventories of some providers, each provider's by class id. */
export async function readInventoriesOf(
  tx: ReadTransaction,
  providers: readonly ProviderId[],
): Promise<ReadonlyMap<ProviderId, readonly NamedInventory[]>> {
  if (providers.length === 0) return new Map();
  const rows = await tx.rows(ofProviders, { providers });
  const byProvider = Map.groupBy(rows, (row) => row.resource_provider_id);
  return new Map([...byProvider].map(([id, inventories]) => [id, inventories.map(toInventory)]));
}

/** The inventories of one provider, by class id. */
export async function readInventories(tx: ReadTransaction, provider: ProviderId): Promise<readonly NamedInventory[]> {
  return (await readInventoriesOf(tx, [provider])).get(provider) ?? [];
}

/** What all consumers hold of each class on each of these providers; only what is more than nothing. */
export async function readUsage(
  tx: ReadTransaction,
  providers: readonly ProviderId[],
): Promise<ReadonlyMap<ProviderId, ReadonlyMap<ResourceClassId, number>>> {
  const byProvider = new Map<ProviderId, Map<ResourceClassId, number>>();
  if (providers.length === 0) return byProvider;
  for (const row of await tx.rows(usage, { providers })) {
    const byClass = byProvider.get(row.resource_provider_id) ?? new Map<ResourceClassId, number>();
    byClass.set(row.resource_class_id, Number(row.used));
    byProvider.set(row.resource_provider_id, byClass);
  }
  return byProvider;
}

export async function insertInventory(
  tx: WriteTransaction,
  provider: ProviderId,
  resourceClass: ResourceClassId,
  inventory: Inventory,
): Promise<void> {
  const inserted = await tx.insert(insert, parameters(tx, provider, resourceClass, inventory));
  if (!inserted) throw new StaleRead('an inventory');
  tx.providerChanged(provider);
}

export async function updateInventoryRow(
  tx: WriteTransaction,
  provider: ProviderId,
  resourceClass: ResourceClassId,
  inventory: Inventory,
): Promise<void> {
  if ((await tx.change(update, parameters(tx, provider, resourceClass, inventory))) !== 1) {
    throw new StaleRead('an inventory');
  }
  tx.providerChanged(provider);
}

export async function removeInventories(
  tx: WriteTransaction,
  provider: ProviderId,
  resourceClasses: readonly ResourceClassId[],
): Promise<void> {
  if (resourceClasses.length === 0) return;
  await tx.change(remove, { provider, resourceClasses });
  tx.providerChanged(provider);
}

function parameters(
  tx: WriteTransaction,
  provider: ProviderId,
  resourceClass: ResourceClassId,
  inventory: Inventory,
): InventoryParameters {
  return {
    provider,
    resourceClass,
    total: inventory.total,
    reserved: inventory.reserved,
    minUnit: inventory.minUnit,
    maxUnit: inventory.maxUnit,
    stepSize: inventory.stepSize,
    ratio: inventory.allocationRatio,
    now: tx.now,
  };
}

function toInventory(row: RowOf<typeof ofProviders>): NamedInventory {
  return {
    resourceClassId: row.resource_class_id,
    resourceClass: row.resource_class_name,
    total: row.total,
    reserved: row.reserved,
    minUnit: row.min_unit,
    maxUnit: row.max_unit,
    stepSize: row.step_size,
    allocationRatio: row.allocation_ratio,
    modifiedAt: modifiedAt(row),
  };
}
