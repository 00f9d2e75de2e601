// Conditions on a provider by itself, as sets: in one set of every alternative, and in no forbidden set. Traits,
// aggregates, "has inventory of the class" and "is in this tree" are all of this form, so that 32 providers are tested
// at a time.

import { lowestBit, type ReadonlyBitSet } from '../model/bit-set.ts';

export interface SetFilter {
  /** One of the sets of each; an alternative without sets is met by nobody. */
  readonly anyOf: readonly (readonly ReadonlyBitSet[])[];
  readonly noneOf: readonly ReadonlyBitSet[];
}

/** The filter that wants what each of the given ones wants. */
export function both(...filters: readonly SetFilter[]): SetFilter {
  return { anyOf: filters.flatMap(({ anyOf }) => anyOf), noneOf: filters.flatMap(({ noneOf }) => noneOf) };
}

export function passes(filter: SetFilter, provider: number): boolean {
  for (const set of filter.noneOf) if (set.has(provider)) return false;
  for (const sets of filter.anyOf) if (!isInOne(sets, provider)) return false;
  return true;
}

export function isInOne(sets: readonly ReadonlyBitSet[], provider: number): boolean {
  for (const set of sets) if (set.has(provider)) return true;
  return false;
}

/** No more than this many providers pass. Infinite when every alternative is missing. */
export function passingAtMost(filter: SetFilter): number {
  let most = Number.POSITIVE_INFINITY;
  for (const sets of filter.anyOf) {
    let size = 0;
    for (const set of sets) size += set.size;
    most = Math.min(most, size);
  }
  return most;
}

/** The providers that pass, in order of number; the filter needs at least one alternative. */
export function* passing(filter: SetFilter): Generator<number> {
  const words = wordCount(filter);
  for (let index = 0; index < words; index++) {
    for (let rest = passingWord(filter, index); rest !== 0; rest &= rest - 1) yield (index << 5) + lowestBit(rest);
  }
}

/** True when some provider passes; the filter needs at least one alternative. */
export function anyPasses(filter: SetFilter): boolean {
  const words = wordCount(filter);
  for (let index = 0; index < words; index++) if (passingWord(filter, index) !== 0) return true;
  return false;
}

/** Those of the providers 32 × index … 32 × index + 31 that pass, as bits. */
export function passingWord(filter: SetFilter, index: number): number {
  let word = -1;
  for (const sets of filter.anyOf) {
    let union = 0;
    for (const set of sets) union |= set.word(index);
    word &= union;
    if (word === 0) return 0;
  }
  for (const set of filter.noneOf) word &= ~set.word(index);
  return word;
}

/** Words at and beyond this index have nobody who passes; the filter needs at least one alternative. */
export function wordCount(filter: SetFilter): number {
  if (filter.anyOf.length === 0) throw new RangeError('a filter without alternatives passes without end');
  let fewest = Number.POSITIVE_INFINITY;
  for (const sets of filter.anyOf) {
    let most = 0;
    for (const set of sets) most = Math.max(most, set.wordCount);
    fewest = Math.min(fewest, most);
  }
  return fewest;
}
