// Sorted lists of ids, each kept once however many providers have it: hosts of one make carry the same hundred traits,
// so a hundred thousand of them hold a handful of lists.

/** A list of ids without repetition, ascending. Two lists of one {@link IdSets} are equal only when they are the same. */
export interface IdSet<Id extends number> {
  readonly ids: readonly Id[];
}

interface Kept<Id extends number> extends IdSet<Id> {
  readonly hash: number;
  holders: number;
}

/** The lists in use. A list is taken by `take` and given back by `release`; nobody's list is forgotten. */
export class IdSets<Id extends number> {
  readonly #byHash = new Map<number, Kept<Id>[]>();

  /** The one list with these ids (any order, repetitions allowed), now with one holder more. */
  take(ids: readonly Id[]): IdSet<Id> {
    const sorted = isAscending(ids) ? ids : [...new Set(ids)].sort((a, b) => a - b);
    const hash = hashOf(sorted);
    const bucket = this.#byHash.get(hash);
    const known = bucket?.find((set) => sameIds(set.ids, sorted));
    if (known !== undefined) {
      known.holders++;
      return known;
    }
    const made: Kept<Id> = { ids: sorted === ids ? [...ids] : sorted, hash, holders: 1 };
    if (bucket === undefined) this.#byHash.set(hash, [made]);
    else bucket.push(made);
    return made;
  }

  release(set: IdSet<Id>): void {
    const hash = hashOf(set.ids);
    const bucket = this.#byHash.get(hash);
    const kept = bucket?.find((known) => known === set);
    if (bucket === undefined || kept === undefined) return;
    kept.holders--;
    if (kept.holders > 0) return;
    if (bucket.length === 1) this.#byHash.delete(hash);
    else bucket.splice(bucket.indexOf(kept), 1);
  }
}

function isAscending(ids: readonly number[]): boolean {
  for (let index = 1; index < ids.length; index++) {
    if ((ids[index - 1] ?? 0) >= (ids[index] ?? 0)) return false;
  }
  return true;
}

function hashOf(ids: readonly number[]): number {
  let hash = ids.length;
  for (const id of ids) hash = (Math.imul(hash, 31) + id) | 0;
  return hash;
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
