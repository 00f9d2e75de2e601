// Inventories between the wire and the domain: defaults of absent members on the way in, text on the way out
// (http-api §5.1).

import { INTEGER_MAX, type Inventory } from '../../domain/inventory.ts';
import type { Microversion } from '../../domain/microversion.ts';
import type { CapacityRule, InventoryWrite, ProviderInventories } from '../../operations/inventories.ts';
import type { InventoryRecord, ReplaceInventoriesBody } from '../schemas/inventories.ts';
import { integerText, objectText, realText } from './json-text.ts';

/** From here on all of an inventory may be reserved (http-api §5.1). */
const RESERVED_MAY_EQUAL_TOTAL_SINCE = 26;

/** Which `reserved` the microversion allows. */
export function capacityRule(version: Microversion): CapacityRule {
  return version >= RESERVED_MAY_EQUAL_TOTAL_SINCE ? 'no-negative-capacity' : 'some-capacity';
}

/** The whole record: an update replaces it, so what is absent goes back to its default. */
export function inventoryValue(record: InventoryRecord): Inventory {
  return {
    total: record.total,
    reserved: record.reserved ?? 0,
    minUnit: record.min_unit ?? 1,
    maxUnit: record.max_unit ?? INTEGER_MAX,
    stepSize: record.step_size ?? 1,
    allocationRatio: record.allocation_ratio ?? 1,
  };
}

/** All records of a body, in its order. */
export function inventoryValues(body: ReplaceInventoriesBody): readonly InventoryWrite[] {
  return Object.entries(body.inventories).map(([resourceClass, record]) => ({
    resourceClass,
    inventory: inventoryValue(record),
  }));
}

/** The body about one inventory: its six members and the provider's generation. */
export function inventoryText(inventory: Inventory, generation: number): string {
  return `{"resource_provider_generation":${generation},${recordMembers(inventory)}}`;
}

/** The body about all inventories of a provider. */
export function inventoriesText(inventories: ProviderInventories['inventories'], generation: number): string {
  const byClass = objectText(
    inventories.map((inventory) => [inventory.resourceClass, `{${recordMembers(inventory)}}`]),
  );
  return `{"resource_provider_generation":${generation},"inventories":${byClass}}`;
}

function recordMembers(inventory: Inventory): string {
  return (
    `"total":${integerText(inventory.total)},"reserved":${integerText(inventory.reserved)},` +
    `"min_unit":${integerText(inventory.minUnit)},"max_unit":${integerText(inventory.maxUnit)},` +
    `"step_size":${integerText(inventory.stepSize)},"allocation_ratio":${realText(inventory.allocationRatio)}`
  );
}
