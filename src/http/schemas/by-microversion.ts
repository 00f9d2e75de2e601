// Things that change at some microversions, as a table: each entry holds from its microversion until the next entry's.

import type { Microversion } from '../../domain/microversion.ts';

/**
 * A function from a microversion to the entry that holds there. Entries are in ascending order of `since`; at
 * microversions before the first entry, which the guards of an operation never let through, it throws RangeError.
 */
export function byMicroversion<Value>(
  entries: readonly (readonly [since: number, value: Value])[],
): (version: Microversion) => Value {
  return (version) => {
    const entry = entries.findLast(([since]) => since <= version);
    if (entry === undefined) throw new RangeError(`nothing is defined for microversion 1.${version}`);
    return entry[1];
  };
}
