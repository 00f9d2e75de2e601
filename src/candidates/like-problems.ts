// Anchors that look alike to a request: a thousand hosts of one make, as empty as each other, pose the same problem. It
// is searched once, as far as anybody needs, and its choices serve all of them.

import { type AnchorProblem, problemOf } from './anchor-problem.ts';
import { AnchorSearch } from './anchor-search.ts';
import type { AnchorView } from './anchor-view.ts';
import type { DeadEnds } from './dead-ends.ts';

/** Options remembered of a problem, those of all its choices; an anchor that goes further searches for itself. */
const OPTIONS_KEPT = 16_384;
/** Different problems remembered: 8 MB in all. Where no two anchors are alike, looking for more would be in vain. */
const PROBLEMS_KEPT = 64;

/** The choices of one anchor, one at a time: variable → option, from a place in a longer list on. */
export interface Choices {
  readonly options: ArrayLike<number>;
  readonly from: number;
  /** Goes on to the next choice; false when there is none any more. */
  next(): boolean;
}

export class LikeProblems {
  readonly #deadEnds: DeadEnds;
  readonly #known: KnownProblem[] = [];
  #latest: KnownProblem | undefined;

  constructor(deadEnds: DeadEnds) {
    this.#deadEnds = deadEnds;
  }

  /**
   * The choices at the anchor that the view is turned to; null when there are certainly none.
   *
   * @param withoutShared leave out those of sharing providers alone
   */
  choicesOf(view: AnchorView, withoutShared: boolean): Choices | null {
    // Trees below 1.29 are told apart by their roots.
    if (!view.plan.onePerTree) {
      const known = this.#find(view, withoutShared);
      if (known !== undefined) return known.choices === null ? null : new SharedCursor(known.choices);
    }
    const problem = problemOf(view, withoutShared);
    if (view.plan.onePerTree || this.#known.length === PROBLEMS_KEPT) {
      return problem === null ? null : new OwnChoices(new AnchorSearch(problem, this.#deadEnds));
    }
    const choices = problem === null ? null : new SharedChoices(problem, this.#deadEnds);
    this.#latest = { rows: view.rows(), withoutShared, choices };
    this.#known.push(this.#latest);
    return choices === null ? null : new SharedCursor(choices);
  }

  /** Mostly it is the one from before: hosts of one make come one after the other. */
  #find(view: AnchorView, withoutShared: boolean): KnownProblem | undefined {
    const isIt = (known: KnownProblem): boolean => known.withoutShared === withoutShared && view.hasRows(known.rows);
    if (this.#latest !== undefined && isIt(this.#latest)) return this.#latest;
    const found = this.#known.find(isIt);
    if (found !== undefined) this.#latest = found;
    return found;
  }
}

interface KnownProblem {
  readonly rows: readonly number[];
  readonly withoutShared: boolean;
  /** Null: there are none. */
  readonly choices: SharedChoices | null;
}

/** The choices of a problem, found as far as somebody has asked, and kept. */
class SharedChoices {
  readonly problem: AnchorProblem;
  readonly deadEnds: DeadEnds;
  /** Choices that are kept. */
  readonly countMax: number;
  /** Of a choice. */
  readonly size: number;
  /** Choice × variables + variable → option. */
  readonly options: number[] = [];
  readonly #search: AnchorSearch;
  #count = 0;
  #isDone = false;

  constructor(problem: AnchorProblem, deadEnds: DeadEnds) {
    this.problem = problem;
    this.deadEnds = deadEnds;
    this.size = problem.variables.length;
    this.countMax = Math.ceil(OPTIONS_KEPT / this.size);
    this.#search = new AnchorSearch(problem, deadEnds);
  }

  /** Whether there is a choice with this index, one of those kept. */
  has(index: number): boolean {
    while (index >= this.#count && !this.#isDone) {
      if (!this.#search.next()) this.#isDone = true;
      else {
        for (const option of this.#search.choice) this.options.push(option);
        this.#count++;
      }
    }
    return index < this.#count;
  }
}

class SharedCursor implements Choices {
  readonly #shared: SharedChoices;
  #index = -1;
  /** Takes over where the kept choices end. */
  #own: AnchorSearch | null = null;

  constructor(shared: SharedChoices) {
    this.#shared = shared;
  }

  get options(): ArrayLike<number> {
    return this.#own === null ? this.#shared.options : this.#own.choice;
  }

  get from(): number {
    return this.#own === null ? this.#index * this.#shared.size : 0;
  }

  next(): boolean {
    if (this.#own !== null) return this.#own.next();
    this.#index++;
    if (this.#index === this.#shared.countMax) return this.#goOnAlone();
    return this.#shared.has(this.#index);
  }

  #goOnAlone(): boolean {
    this.#own = new AnchorSearch(this.#shared.problem, this.#shared.deadEnds);
    for (let passed = 0; passed < this.#shared.countMax; passed++) this.#own.next();
    return this.#own.next();
  }
}

class OwnChoices implements Choices {
  readonly from = 0;
  readonly #search: AnchorSearch;

  constructor(search: AnchorSearch) {
    this.#search = search;
  }

  get options(): ArrayLike<number> {
    return this.#search.choice;
  }

  next(): boolean {
    return this.#search.next();
  }
}
