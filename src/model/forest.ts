// Who is whose parent and root. Each tree is a ring of its members that begins at the root. Parent and root are kept as
// row ids too: a provider whose parent or root is not known (yet) stands alone, is remembered as astray, and finds its
// place as soon as the other is there.

import { BitSet, type ReadonlyBitSet } from './bit-set.ts';
import { grown } from './grown.ts';

const NONE = -1;

/** Where a provider belongs, as row ids; parentId null: it has no parent. */
export interface Place {
  readonly id: number;
  readonly parentId: number | null;
  readonly rootId: number;
}

export class Forest {
  readonly #roots = new BitSet();
  readonly #astray = new Set<number>();
  #parentId = new Int32Array(0);
  #rootId = new Int32Array(0);
  #parent = new Int32Array(0);
  #root = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #childCount = new Int32Array(0);
  /** Numbers at and beyond this one were never used. */
  #end = 0;

  /** Providers that are the root of their tree. */
  get roots(): ReadonlyBitSet {
    return this.#roots;
  }

  /** The parent's number, or -1. */
  parent(provider: number): number {
    return this.#parent[provider] ?? NONE;
  }

  root(provider: number): number {
    return this.#root[provider] ?? NONE;
  }

  /** What {@link place} said last. */
  toldPlace(provider: number): { readonly parentId: number | null; readonly rootId: number } {
    const parentId = this.#parentId[provider] ?? NONE;
    return { parentId: parentId === NONE ? null : parentId, rootId: this.#rootId[provider] ?? NONE };
  }

  /** The next member of the tree; after the last one comes the root again. */
  nextInTree(provider: number): number {
    return this.#next[provider] ?? NONE;
  }

  /** True when `ancestor` is the provider itself, its parent, or further up. */
  isAncestor(ancestor: number, provider: number): boolean {
    // Bounded by the number of providers: rows of a damaged database may name each other as parents.
    for (let at = provider, steps = 0; at >= 0 && steps <= this.#end; at = this.parent(at), steps++) {
      if (at === ancestor) return true;
    }
    return false;
  }

  /** A number that enters use. It stands alone until it is placed and {@link settle} is called. */
  add(provider: number): void {
    if (provider >= this.#parent.length) this.#grow(provider);
    this.#end = Math.max(this.#end, provider + 1);
    this.#parentId[provider] = NONE;
    this.#rootId[provider] = NONE;
    this.#parent[provider] = NONE;
    this.#childCount[provider] = 0;
    this.#standAlone(provider);
  }

  /** Says where the provider belongs; takes effect with {@link settle}. */
  place(provider: number, { id, parentId, rootId }: Place): void {
    const parent = parentId ?? NONE;
    if (this.#parentId[provider] === parent && this.#rootId[provider] === rootId) return;
    this.#parentId[provider] = parent;
    this.#rootId[provider] = rootId;
    this.#leaveTree(provider);
    this.#setParent(provider, NONE);
    // A root is where it belongs as soon as it stands alone; many providers are that, and nothing else.
    if (parent !== NONE || rootId !== id) this.#astray.add(provider);
    else this.#astray.delete(provider);
  }

  /** Numbers that leave use. Whoever had one of them as parent or root, and stays, is astray. */
  remove(providers: readonly number[]): void {
    for (const provider of providers) {
      this.#leaveTree(provider);
      this.#setParent(provider, NONE);
    }
    for (const provider of providers) this.#orphanChildren(provider);
    for (const provider of providers) {
      this.#roots.delete(provider);
      this.#root[provider] = NONE;
      this.#astray.delete(provider);
    }
  }

  /**
   * Gives everyone astray their place, as far as parent and root are known.
   *
   * @param moved told of each whose place may have changed
   */
  settle(numberOfId: (id: number) => number | undefined, moved: (provider: number) => void): void {
    for (const provider of this.#astray) {
      moved(provider);
      const parentId = this.#parentId[provider] ?? NONE;
      const parent = parentId === NONE ? NONE : numberOfId(parentId);
      if (parent !== undefined) this.#setParent(provider, parent);
      const rootId = this.#rootId[provider] ?? NONE;
      const root = numberOfId(rootId);
      // A root says so of itself; until then its members wait.
      const rootKnown = root !== undefined && this.#rootId[root] === rootId;
      if (rootKnown && root !== provider) this.#joinTree(provider, root);
      if (parent !== undefined && rootKnown) this.#astray.delete(provider);
    }
  }

  #joinTree(provider: number, root: number): void {
    this.#unlink(provider);
    const last = this.#previous[root] ?? root;
    this.#previous[provider] = last;
    this.#next[provider] = root;
    this.#next[last] = provider;
    this.#previous[root] = provider;
    this.#root[provider] = root;
    this.#roots.delete(provider);
  }

  /** Leaves the ring; the ring of a root that leaves falls apart, its members are astray. */
  #leaveTree(provider: number): void {
    if (this.#root[provider] === provider) {
      for (let member = this.nextInTree(provider); member !== provider; ) {
        const next = this.nextInTree(member);
        this.#standAlone(member);
        this.#astray.add(member);
        member = next;
      }
    } else {
      this.#unlink(provider);
    }
    this.#standAlone(provider);
  }

  #standAlone(provider: number): void {
    this.#next[provider] = provider;
    this.#previous[provider] = provider;
    this.#root[provider] = provider;
    this.#roots.add(provider);
  }

  #unlink(provider: number): void {
    const next = this.#next[provider] ?? provider;
    const previous = this.#previous[provider] ?? provider;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #setParent(provider: number, parent: number): void {
    const before = this.parent(provider);
    if (before >= 0) this.#childCount[before] = (this.#childCount[before] ?? 0) - 1;
    this.#parent[provider] = parent;
    if (parent >= 0) this.#childCount[parent] = (this.#childCount[parent] ?? 0) + 1;
  }

  /** Rare: the API refuses to delete a parent, so that its children went or moved in the same change. */
  #orphanChildren(provider: number): void {
    for (let child = 0; child < this.#end && (this.#childCount[provider] ?? 0) > 0; child++) {
      if (this.#parent[child] !== provider) continue;
      this.#setParent(child, NONE);
      this.#astray.add(child);
    }
  }

  #grow(provider: number): void {
    this.#parentId = grown(this.#parentId, provider);
    this.#rootId = grown(this.#rootId, provider);
    this.#parent = grown(this.#parent, provider);
    this.#root = grown(this.#root, provider);
    this.#next = grown(this.#next, provider);
    this.#previous = grown(this.#previous, provider);
    this.#childCount = grown(this.#childCount, provider);
  }
}
