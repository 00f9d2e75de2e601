// What a request sees of an anchor: the providers within reach that may serve some variable, as options 0, 1, 2 …, and for
// each a row of numbers that says all that the search will ever ask of it. Anchors with equal rows pose one problem. A search
// has one view and turns it from anchor to anchor, since of most there is nothing to be kept.

import type { ReadonlyBitSet } from '../model/bit-set.ts';
import { canGive } from './anchors.ts';
import type { SearchPlan } from './search-plan.ts';
import { isInOne, passes } from './set-filter.ts';

/** Beyond this many options they are found by a map instead of one by one. */
const FEW_OPTIONS = 16;

export class AnchorView {
  readonly plan: SearchPlan;
  /** Numbers in a row: words of facts, the nearest option above if that matters, the room if that matters. */
  readonly width: number;
  readonly #factWords: number;
  /** The facts: bits for the kinds of variables that may take it, the trait alternatives it meets, and whether it shares. */
  readonly #firstAlternative: number;
  readonly #shares: number;
  readonly #aboveAt: number;
  readonly #roomAt: number;
  readonly #sharing: ReadonlyBitSet;
  readonly #providers: number[] = [];
  readonly #rows: number[] = [];
  /** Facts that some option has. */
  readonly #seen: Int32Array;
  #count = 0;
  #hasSharing = false;

  constructor(plan: SearchPlan) {
    this.plan = plan;
    this.#sharing = plan.model.sharing;
    this.#firstAlternative = plan.kinds.length;
    this.#shares = this.#firstAlternative + (plan.unsuffixed?.traitAlternatives.length ?? 0);
    this.#factWords = (this.#shares >>> 5) + 1;
    this.#seen = new Int32Array(this.#factWords);
    this.#aboveAt = this.#factWords;
    this.#roomAt = this.#aboveAt + (plan.subtrees.length > 0 ? 1 : 0);
    this.width = this.#roomAt + (plan.isEntangled ? plan.resources.length : 0);
  }

  /** How many options there are. */
  get count(): number {
    return this.#count;
  }

  /** Some option shares. */
  get hasSharing(): boolean {
    return this.#hasSharing;
  }

  /** Turns to another anchor. False when some variable has no option there (allocation-candidates §3.2, §3.3). */
  lookAt(anchor: number): boolean {
    const { model, unsuffixed } = this.plan;
    this.#count = 0;
    this.#hasSharing = false;
    this.#seen.fill(0);
    if (unsuffixed !== null && isInOne(unsuffixed.forbiddenAggregates, anchor)) return false;
    const anchorIsMember = unsuffixed === null || passes(unsuffixed.memberOf, anchor);
    let foreign: Set<number> | null = null;
    let member = anchor;
    do {
      this.#offer(member, true, anchorIsMember);
      for (const { sharing } of model.aggregatesOf(member)) {
        if (sharing === null) continue;
        foreign ??= new Set();
        for (const shares of sharing) if (model.root(shares) !== anchor) foreign.add(shares);
      }
      member = model.nextInTree(member);
    } while (member !== anchor);
    for (const provider of foreign ?? []) this.#offer(provider, false, false);
    for (let kind = 0; kind < this.#firstAlternative; kind++) if (!isSet(this.#seen, 0, kind)) return false;
    this.#completeRows();
    return true;
  }

  /** Option → provider, to be kept. */
  providers(): number[] {
    return this.#providers.slice(0, this.#count);
  }

  /** The rows of all options, to be kept. */
  rows(): readonly number[] {
    return this.#rows.slice(0, this.#count * this.width);
  }

  /** Whether the rows are these. */
  hasRows(rows: readonly number[]): boolean {
    if (rows.length !== this.#count * this.width) return false;
    for (let index = 0; index < rows.length; index++) if (rows[index] !== this.#rows[index]) return false;
    return true;
  }

  mayServe(option: number, kind: number): boolean {
    return isSet(this.#rows, option * this.width, kind);
  }

  meetsAlternative(option: number, alternative: number): boolean {
    return isSet(this.#rows, option * this.width, this.#firstAlternative + alternative);
  }

  shares(option: number): boolean {
    return isSet(this.#rows, option * this.width, this.#shares);
  }

  /** The nearest option that is an ancestor; -1 for none. Only where there are subtrees. */
  above(option: number): number {
    return this.#rows[option * this.width + this.#aboveAt] ?? -1;
  }

  /** The most that may be put there, of a contested resource, and no more than everybody together wants. */
  room(option: number, resource: number): number {
    return this.#rows[option * this.width + this.#roomAt + resource] ?? 0;
  }

  #offer(provider: number, isLocal: boolean, anchorIsMember: boolean): void {
    const { kinds, unsuffixed } = this.plan;
    const row = this.#count * this.width;
    let isOption = false;
    for (let kind = 0; kind < kinds.length; kind++) {
      const variable = kinds[kind];
      if (variable === undefined || !canGive(provider, variable.demands)) continue;
      if (!passes(variable.conditions, provider)) continue;
      if (variable.unsuffixed && unsuffixed !== null) {
        if (!isLocal && unsuffixed.localOnly) continue;
        if (!(isLocal && anchorIsMember) && !passes(unsuffixed.memberOf, provider)) continue;
      }
      if (!isOption) for (let index = 0; index < this.width; index++) this.#rows[row + index] = 0;
      isOption = true;
      this.#note(row, kind);
    }
    if (isOption) this.#providers[this.#count++] = provider;
  }

  /** What is said of options alone. */
  #completeRows(): void {
    const { unsuffixed, subtrees, isEntangled, resources, contests } = this.plan;
    const alternatives = unsuffixed?.traitAlternatives ?? [];
    for (let option = 0; option < this.#count; option++) {
      const provider = this.#providers[option] ?? -1;
      const row = option * this.width;
      for (let index = 0; index < alternatives.length; index++) {
        if (isInOne(alternatives[index] ?? [], provider)) this.#note(row, this.#firstAlternative + index);
      }
      if (this.#sharing.size > 0 && this.#sharing.has(provider)) {
        this.#note(row, this.#shares);
        this.#hasSharing = true;
      }
      if (!isEntangled) continue;
      for (let resource = 0; resource < resources.length; resource++) {
        const contest = contests[resource];
        const room = contest === undefined ? 0 : Math.min(contest.column.room(provider), contest.amount);
        this.#rows[row + this.#roomAt + resource] = room;
      }
    }
    if (subtrees.length > 0) this.#findAbove();
  }

  #findAbove(): void {
    const { model } = this.plan;
    const optionOf = this.#optionFinder();
    for (let option = 0; option < this.#count; option++) {
      let at = model.parentOrNone(this.#providers[option] ?? -1);
      let above = -1;
      // Rows of a damaged database may name each other as parents.
      for (let steps = 0; at >= 0 && above < 0 && steps < model.providerCount; steps++) {
        above = optionOf(at);
        at = model.parentOrNone(at);
      }
      this.#rows[option * this.width + this.#aboveAt] = above;
    }
  }

  #optionFinder(): (provider: number) => number {
    if (this.#count <= FEW_OPTIONS) {
      return (provider) => {
        for (let option = 0; option < this.#count; option++) if (this.#providers[option] === provider) return option;
        return -1;
      };
    }
    const options = new Map<number, number>();
    for (let option = 0; option < this.#count; option++) options.set(this.#providers[option] ?? -1, option);
    return (provider) => options.get(provider) ?? -1;
  }

  #note(row: number, fact: number): void {
    const word = fact >>> 5;
    const bit = 1 << (fact & 31);
    this.#rows[row + word] = (this.#rows[row + word] ?? 0) | bit;
    this.#seen[word] = (this.#seen[word] ?? 0) | bit;
  }
}

function isSet(words: ArrayLike<number>, from: number, bit: number): boolean {
  return (((words[from + (bit >>> 5)] ?? 0) >>> (bit & 31)) & 1) === 1;
}
