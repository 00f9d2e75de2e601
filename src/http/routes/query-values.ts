// Single values out of a query string: where a name is repeated, ordinary parameters mean their last value
// (http-api §2.5).

import type { QueryPairs } from '../operation.ts';

/** The last value of the parameter, or null when it was not sent. */
export function lastValue(pairs: QueryPairs, name: string): string | null {
  return pairs.findLast(([key]) => key === name)?.[1] ?? null;
}
