// The border to the drivers: what they hand out is checked to be rows.

import type { FixtureRows } from './database-server.ts';

/** The values as rows; throws when one is not a row. */
export function asRows(values: readonly unknown[]): FixtureRows {
  return values.map((value) => {
    if (typeof value !== 'object' || value === null) throw new TypeError('the driver answered no row');
    return Object.fromEntries(Object.entries(value));
  });
}
