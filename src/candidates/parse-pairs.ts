// Query parameters by name. Names are the client's, so they are keys of a Map and never of an object.

/** Decoded query parameters in the order sent. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** All values of each name, names in order of first appearance. */
export function valuesByName(pairs: Pairs): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return byName;
}
