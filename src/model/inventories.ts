// Who has inventory of which class: a column per resource class, and each provider's list of classes, shared by all who
// have the same ones.

import type { ResourceClassId } from '../domain/ids.ts';
import type { InventoryUse } from '../domain/inventory.ts';
import { type IdSet, IdSets } from './id-sets.ts';
import { InventoryColumn } from './inventory-column.ts';

export class Inventories {
  readonly #sets = new IdSets<ResourceClassId>();
  readonly #columns = new Map<ResourceClassId, InventoryColumn>();

  /** Undefined when nobody ever had inventory of the class. */
  column(id: ResourceClassId): InventoryColumn | undefined {
    return this.#columns.get(id);
  }

  /** Gives the provider these inventories in the place of those it had. */
  change(
    provider: number,
    before: IdSet<ResourceClassId> | undefined,
    inventories: readonly InventoryUse[],
  ): IdSet<ResourceClassId> {
    const after = this.#sets.take(inventories.map(({ resourceClassId }) => resourceClassId));
    if (before === after) this.#sets.release(before);
    else if (before !== undefined) this.remove(provider, before);
    for (const inventory of inventories) {
      let column = this.#columns.get(inventory.resourceClassId);
      if (column === undefined) {
        column = new InventoryColumn(inventory.resourceClassId);
        this.#columns.set(inventory.resourceClassId, column);
      }
      column.put(provider, inventory);
    }
    return after;
  }

  remove(provider: number, classes: IdSet<ResourceClassId>): void {
    for (const id of classes.ids) this.#columns.get(id)?.remove(provider);
    this.#sets.release(classes);
  }
}
