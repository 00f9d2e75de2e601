// Inventories: how much of a resource class a provider has, and the arithmetic of capacity.

import type { ResourceClassId } from './ids.ts';

/** One inventory record. Integers are 32-bit; the ratio is binary64 (http-api §5.1). */
export interface Inventory {
  /** 1 … 2147483647 */
  readonly total: number;
  /** 0 … 2147483647, taken off before the ratio applies */
  readonly reserved: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
  readonly allocationRatio: number;
}

/** An inventory of one class, as stored. */
export interface StoredInventory extends Inventory {
  readonly resourceClassId: ResourceClassId;
  readonly modifiedAt: Date | null;
}

/** An inventory together with what all consumers hold of it. */
export interface InventoryUse extends Inventory {
  readonly resourceClassId: ResourceClassId;
  /** Sum of all allocations of the class on the provider. */
  readonly used: number;
  /** Of the inventory itself, whatever is used of it. Milliseconds since the epoch, or null when unknown. */
  readonly modifiedAtMs: number | null;
}

export const INTEGER_MAX = 2_147_483_647;
/** Largest allocation ratio the API accepts: the largest binary32 number, rounded (http-api §2.3). */
export const ALLOCATION_RATIO_MAX = 3.40282e38;

/** Capacity before truncation: what an allocation write compares with (http-api §9.5). */
export function exactCapacity(inventory: Inventory): number {
  return (inventory.total - inventory.reserved) * inventory.allocationRatio;
}

/** Capacity truncated towards zero: what the search compares with and summaries show (allocation-candidates §1.2). */
export function capacity(inventory: Inventory): number {
  return Math.trunc(exactCapacity(inventory));
}

/** True when the amount respects min_unit, max_unit and step_size. Steps count from 0. */
export function respectsUnits(inventory: Inventory, amount: number): boolean {
  return amount >= inventory.minUnit && amount <= inventory.maxUnit && amount % inventory.stepSize === 0;
}

/** True when the amount can be taken on top of what is used (allocation-candidates §1.2, `fits`). */
export function fits(inventory: InventoryUse, amount: number): boolean {
  return respectsUnits(inventory, amount) && inventory.used + amount <= capacity(inventory);
}
