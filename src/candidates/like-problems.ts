// Anchors that look alike to a request: a thousand hosts of one make, as empty as each other, pose the same problem. It
// is searched once, as far as anybody needs, and its choices serve all of them.

import type { AnchorProblem } from './anchor-problem.ts';
import { AnchorSearch } from './anchor-search.ts';
import type { DeadEnds } from './dead-ends.ts';

/** Options remembered of a problem, those of all its choices; an anchor that goes further searches for itself. */
const OPTIONS_KEPT = 16_384;
/** Different problems remembered: 8 MB in all. Where no two anchors are alike, looking for more would be in vain. */
const PROBLEMS_KEPT = 64;

/** The choices of one anchor, one at a time. */
export interface Choices {
  /** Variable → option of the choice that `next` went to. */
  readonly choice: ArrayLike<number>;
  /** Goes on to the next choice; false when there is none any more. */
  next(): boolean;
}

export class LikeProblems {
  readonly #deadEnds: DeadEnds;
  readonly #known: SharedChoices[] = [];

  constructor(deadEnds: DeadEnds) {
    this.#deadEnds = deadEnds;
  }

  choicesOf(problem: AnchorProblem): Choices {
    // Trees below 1.29 are told apart by their roots.
    if (problem.exclusiveRoots !== null) return new AnchorSearch(problem, this.#deadEnds);
    const like = this.#known.find((shared) => isLike(shared.problem, problem));
    if (like !== undefined) return new SharedCursor(like);
    if (this.#known.length === PROBLEMS_KEPT) return new AnchorSearch(problem, this.#deadEnds);
    const shared = new SharedChoices(problem, this.#deadEnds);
    this.#known.push(shared);
    return new SharedCursor(shared);
  }
}

/** The choices of a problem, found as far as somebody has asked, and kept. */
class SharedChoices {
  readonly problem: AnchorProblem;
  readonly deadEnds: DeadEnds;
  /** Choices that are kept. */
  readonly countMax: number;
  readonly #size: number;
  readonly #search: AnchorSearch;
  /** Choice × variables + variable → option. */
  readonly #options: number[] = [];
  #count = 0;
  #isDone = false;

  constructor(problem: AnchorProblem, deadEnds: DeadEnds) {
    this.problem = problem;
    this.deadEnds = deadEnds;
    this.#size = problem.variables.length;
    this.countMax = Math.ceil(OPTIONS_KEPT / this.#size);
    this.#search = new AnchorSearch(problem, deadEnds);
  }

  /** Whether there is a choice with this index, one of those kept. */
  has(index: number): boolean {
    while (index >= this.#count && !this.#isDone) {
      if (!this.#search.next()) this.#isDone = true;
      else {
        for (const option of this.#search.choice) this.#options.push(option);
        this.#count++;
      }
    }
    return index < this.#count;
  }

  copy(index: number, choice: number[]): void {
    const from = index * this.#size;
    for (let variable = 0; variable < this.#size; variable++) choice[variable] = this.#options[from + variable] ?? -1;
  }
}

class SharedCursor implements Choices {
  readonly #shared: SharedChoices;
  readonly #choice: number[] = [];
  #index = -1;
  /** Takes over where the kept choices end. */
  #own: AnchorSearch | null = null;

  constructor(shared: SharedChoices) {
    this.#shared = shared;
  }

  get choice(): ArrayLike<number> {
    return this.#own === null ? this.#choice : this.#own.choice;
  }

  next(): boolean {
    if (this.#own !== null) return this.#own.next();
    this.#index++;
    if (this.#index === this.#shared.countMax) return this.#goOnAlone();
    if (!this.#shared.has(this.#index)) return false;
    this.#shared.copy(this.#index, this.#choice);
    return true;
  }

  #goOnAlone(): boolean {
    this.#own = new AnchorSearch(this.#shared.problem, this.#shared.deadEnds);
    for (let passed = 0; passed < this.#shared.countMax; passed++) this.#own.next();
    return this.#own.next();
  }
}

/** Whether the search cannot tell the two apart: all that it looks at is the same, option by option. */
function isLike(one: AnchorProblem, other: AnchorProblem): boolean {
  return (
    one.providers.length === other.providers.length &&
    sameNumbers(one.room, other.room) &&
    sameLists(one.domains, other.domains) &&
    sameLists(one.above, other.above) &&
    one.covers.length === other.covers.length &&
    one.covers.every((cover, index) => isLikeCover(cover, other.covers[index]))
  );
}

function isLikeCover(
  one: AnchorProblem['covers'][number],
  other: AnchorProblem['covers'][number] | undefined,
): boolean {
  return (
    other !== undefined &&
    one.name === other.name &&
    sameNumbers(one.variables, other.variables) &&
    sameNumbers(one.satisfies, other.satisfies)
  );
}

function sameLists(one: readonly (readonly number[])[], other: readonly (readonly number[])[]): boolean {
  if (one.length !== other.length) return false;
  let before: readonly number[] | undefined;
  for (let index = 0; index < one.length; index++) {
    const [a, b] = [one[index], other[index]];
    if (a === undefined || b === undefined) return false;
    // Variables that ask for the same have one list in common.
    if (a === before && b === other[index - 1]) continue;
    if (!sameNumbers(a, b)) return false;
    before = a;
  }
  return true;
}

function sameNumbers(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
