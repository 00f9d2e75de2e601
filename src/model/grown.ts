// Columns that grow: doubling keeps the cost of a million providers, added one by one, at a few copies each.

const SLOTS_AT_FIRST = 64;

/** A copy of the column that has room for `index`. */
export function grown<Column extends Int32Array | Float64Array>(column: Column, index: number): Column;
export function grown(column: Int32Array | Float64Array, index: number): Int32Array | Float64Array {
  const length = Math.max(SLOTS_AT_FIRST, column.length * 2, index + 1);
  const wider = column instanceof Int32Array ? new Int32Array(length) : new Float64Array(length);
  wider.set(column);
  return wider;
}
