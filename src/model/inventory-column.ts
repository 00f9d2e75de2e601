// All inventories of one resource class, as columns. Rows are dense and found through a paged index, so that a class
// which three of a million providers have costs three rows and a page or two.

import type { ResourceClassId } from '../domain/ids.ts';
import { capacity, type InventoryUse } from '../domain/inventory.ts';
import { BitSet, type ReadonlyBitSet } from './bit-set.ts';

const INDEX_PAGE_LOG2 = 10;
const INDEX_IN_PAGE = (1 << INDEX_PAGE_LOG2) - 1;
const ROWS_AT_FIRST = 16;

export class InventoryColumn {
  readonly resourceClassId: ResourceClassId;
  readonly #providers = new BitSet();
  /** Provider number → row + 1; 0 is no row. */
  readonly #rows: (Int32Array | undefined)[] = [];
  readonly #freeRows: number[] = [];
  #rowCount = 0;

  #total = new Int32Array(ROWS_AT_FIRST);
  #reserved = new Int32Array(ROWS_AT_FIRST);
  #minUnit = new Int32Array(ROWS_AT_FIRST);
  #maxUnit = new Int32Array(ROWS_AT_FIRST);
  #stepSize = new Int32Array(ROWS_AT_FIRST);
  #allocationRatio = new Float64Array(ROWS_AT_FIRST);
  /** Truncated (allocation-candidates §1.2). */
  #capacity = new Float64Array(ROWS_AT_FIRST);
  #used = new Float64Array(ROWS_AT_FIRST);
  /** NaN when unknown. */
  #modifiedAtMs = new Float64Array(ROWS_AT_FIRST);

  constructor(resourceClassId: ResourceClassId) {
    this.resourceClassId = resourceClassId;
  }

  /** Providers with an inventory of the class, however small. */
  get providers(): ReadonlyBitSet {
    return this.#providers;
  }

  put(provider: number, inventory: InventoryUse): void {
    let row = this.#row(provider);
    if (row < 0) {
      row = this.#freeRows.pop() ?? this.#newRow();
      this.#indexPage(provider)[provider & INDEX_IN_PAGE] = row + 1;
      this.#providers.add(provider);
    }
    this.#total[row] = inventory.total;
    this.#reserved[row] = inventory.reserved;
    this.#minUnit[row] = inventory.minUnit;
    this.#maxUnit[row] = inventory.maxUnit;
    this.#stepSize[row] = inventory.stepSize;
    this.#allocationRatio[row] = inventory.allocationRatio;
    this.#capacity[row] = capacity(inventory);
    this.#used[row] = inventory.used;
    this.#modifiedAtMs[row] = inventory.modifiedAtMs ?? Number.NaN;
  }

  /** @param amount less than 0 for what is given back */
  addUsed(provider: number, amount: number): void {
    const row = this.#row(provider);
    if (row >= 0) this.#used[row] = (this.#used[row] ?? 0) + amount;
  }

  remove(provider: number): void {
    const row = this.#row(provider);
    if (row < 0) return;
    this.#indexPage(provider)[provider & INDEX_IN_PAGE] = 0;
    this.#providers.delete(provider);
    this.#freeRows.push(row);
  }

  get(provider: number): InventoryUse | undefined {
    const row = this.#row(provider);
    if (row < 0) return undefined;
    const modifiedAtMs = this.#modifiedAtMs[row] ?? Number.NaN;
    return {
      resourceClassId: this.resourceClassId,
      total: this.#total[row] ?? 0,
      reserved: this.#reserved[row] ?? 0,
      minUnit: this.#minUnit[row] ?? 0,
      maxUnit: this.#maxUnit[row] ?? 0,
      stepSize: this.#stepSize[row] ?? 0,
      allocationRatio: this.#allocationRatio[row] ?? 0,
      used: this.#used[row] ?? 0,
      modifiedAtMs: Number.isNaN(modifiedAtMs) ? null : modifiedAtMs,
    };
  }

  /** The rule of domain/inventory.ts `fits`, on columns (allocation-candidates §1.2). */
  fits(provider: number, amount: number): boolean {
    const row = this.#row(provider);
    return (
      row >= 0 &&
      (this.#used[row] ?? 0) + amount <= (this.#capacity[row] ?? 0) &&
      amount >= (this.#minUnit[row] ?? 0) &&
      amount <= (this.#maxUnit[row] ?? 0) &&
      amount % (this.#stepSize[row] ?? 0) === 0
    );
  }

  /** The most that one consumer can still be given: what is free, but no more than max_unit. May be negative. */
  room(provider: number): number {
    const row = this.#row(provider);
    if (row < 0) return 0;
    return Math.min((this.#capacity[row] ?? 0) - (this.#used[row] ?? 0), this.#maxUnit[row] ?? 0);
  }

  #row(provider: number): number {
    const page = this.#rows[provider >>> INDEX_PAGE_LOG2];
    return page === undefined ? -1 : (page[provider & INDEX_IN_PAGE] ?? 0) - 1;
  }

  #indexPage(provider: number): Int32Array {
    const index = provider >>> INDEX_PAGE_LOG2;
    const known = this.#rows[index];
    if (known !== undefined) return known;
    while (this.#rows.length < index) this.#rows.push(undefined);
    const page = new Int32Array(INDEX_IN_PAGE + 1);
    this.#rows[index] = page;
    return page;
  }

  #newRow(): number {
    const row = this.#rowCount++;
    if (row === this.#total.length) this.#grow(row * 2);
    return row;
  }

  #grow(rows: number): void {
    this.#total = widened(this.#total, new Int32Array(rows));
    this.#reserved = widened(this.#reserved, new Int32Array(rows));
    this.#minUnit = widened(this.#minUnit, new Int32Array(rows));
    this.#maxUnit = widened(this.#maxUnit, new Int32Array(rows));
    this.#stepSize = widened(this.#stepSize, new Int32Array(rows));
    this.#allocationRatio = widened(this.#allocationRatio, new Float64Array(rows));
    this.#capacity = widened(this.#capacity, new Float64Array(rows));
    this.#used = widened(this.#used, new Float64Array(rows));
    this.#modifiedAtMs = widened(this.#modifiedAtMs, new Float64Array(rows));
  }
}

function widened<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
