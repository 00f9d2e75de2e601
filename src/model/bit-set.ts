// A set of provider numbers as bits. Bits live in pages that exist only where something is set, so that ten thousand
// small aggregates over a million providers cost what they hold, and an intersection looks at 32 providers at a time.

/** 2,048 providers a page: 256 bytes, so a lone member costs about that much. */
const PAGE_WORDS_LOG2 = 6;
const PAGE_WORDS = 1 << PAGE_WORDS_LOG2;
const WORD_IN_PAGE = PAGE_WORDS - 1;

/** What a reader of a {@link BitSet} may do. */
export interface ReadonlyBitSet extends Iterable<number> {
  readonly size: number;
  /** Words at and beyond this index are all 0. */
  readonly wordCount: number;
  has(member: number): boolean;
  /** The members 32 × index … 32 × index + 31 as bits, the lowest member in the lowest bit. */
  word(index: number): number;
}

export class BitSet implements ReadonlyBitSet {
  readonly #pages: (Int32Array | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get wordCount(): number {
    return this.#pages.length << PAGE_WORDS_LOG2;
  }

  has(member: number): boolean {
    return ((this.word(member >>> 5) >>> (member & 31)) & 1) === 1;
  }

  word(index: number): number {
    const page = this.#pages[index >>> PAGE_WORDS_LOG2];
    return page === undefined ? 0 : (page[index & WORD_IN_PAGE] ?? 0);
  }

  /** True when the member is new. */
  add(member: number): boolean {
    const page = this.#pageFor(member);
    const index = (member >>> 5) & WORD_IN_PAGE;
    const before = page[index] ?? 0;
    const after = before | (1 << (member & 31));
    if (after === before) return false;
    page[index] = after;
    this.#size++;
    return true;
  }

  /** True when the member was there. */
  delete(member: number): boolean {
    const page = this.#pages[member >>> (5 + PAGE_WORDS_LOG2)];
    if (page === undefined) return false;
    const index = (member >>> 5) & WORD_IN_PAGE;
    const before = page[index] ?? 0;
    const after = before & ~(1 << (member & 31));
    if (after === before) return false;
    page[index] = after;
    this.#size--;
    return true;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [pageIndex, page] of this.#pages.entries()) {
      if (page === undefined) continue;
      for (let index = 0; index < PAGE_WORDS; index++) {
        const base = ((pageIndex << PAGE_WORDS_LOG2) + index) << 5;
        for (let rest = page[index] ?? 0; rest !== 0; rest &= rest - 1) yield base + lowestBit(rest);
      }
    }
  }

  #pageFor(member: number): Int32Array {
    const index = member >>> (5 + PAGE_WORDS_LOG2);
    const known = this.#pages[index];
    if (known !== undefined) return known;
    while (this.#pages.length < index) this.#pages.push(undefined);
    const page = new Int32Array(PAGE_WORDS);
    this.#pages[index] = page;
    return page;
  }
}

/** The set without members; shared, never written. */
export const EMPTY_BIT_SET: ReadonlyBitSet = new BitSet();

/** Position of the lowest bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
