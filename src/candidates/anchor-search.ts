// All candidates at one anchor, one at a time: cut the problem into parts until only domains are left, drop every part
// that cannot hold, and enumerate the rest.

import type { AnchorProblem } from './anchor-problem.ts';
import { Assignments } from './assignments.ts';
import type { DeadEnds } from './dead-ends.ts';
import { Feasibility } from './feasibility.ts';
import { FreeChoices } from './free-choices.ts';
import { Placement } from './placement.ts';
import { split, splitSubtree } from './split.ts';
import { narrow, type Subproblem, wholeProblem } from './subproblem.ts';
import { stateName } from './symmetry.ts';

/** An open part, its own parts still to come, and what was found and spent before it was opened. */
interface Opened {
  readonly part: Subproblem;
  readonly parts: Iterator<Subproblem>;
  readonly foundBefore: number;
  readonly stepsBefore: number;
}

export class AnchorSearch {
  readonly problem: AnchorProblem;
  readonly #deadEnds: DeadEnds;
  /** Null when no choice can bar another. */
  readonly #feasibility: Feasibility | null;
  #untouched: Placement | null = null;
  readonly #opened: Opened[] = [];
  #choices: Assignments | FreeChoices | null = null;
  #found = 0;

  constructor(problem: AnchorProblem, deadEnds: DeadEnds) {
    this.problem = problem;
    this.#deadEnds = deadEnds;
    this.#feasibility = problem.isEntangled ? new Feasibility(problem, deadEnds.budget) : null;
    this.#enter(wholeProblem(problem));
  }

  /** Variable → option of the candidate that `next` went to. */
  get choice(): Int32Array {
    if (this.#choices === null) throw new Error('there is no candidate at hand');
    return this.#choices.choice;
  }

  /** Goes on to the next candidate; false when there is none any more. */
  next(): boolean {
    for (;;) {
      if (this.#choices?.next()) {
        this.#found++;
        return true;
      }
      this.#choices = null;
      const opened = this.#opened.at(-1);
      if (opened === undefined) return false;
      const { done, value } = opened.parts.next();
      if (done !== true) {
        this.#enter(value);
        continue;
      }
      this.#opened.pop();
      if (this.#found === opened.foundBefore) {
        this.#deadEnds.remember(opened.stepsBefore, () => this.#name(opened.part));
      }
    }
  }

  #enter(part: Subproblem): void {
    if (part.subtrees.length > 0 || part.covers.length > 0) this.#open(part);
    else if (this.#feasibility === null) this.#choices = new FreeChoices(part.domains, this.#deadEnds.budget);
    else if (this.#mayHold(part)) {
      this.#choices = new Assignments(this.problem, part.domains, this.#feasibility, this.#deadEnds);
    }
  }

  #open(part: Subproblem): void {
    this.#deadEnds.budget.spend(1 + part.subtrees.length);
    const narrowed = narrow(this.problem, part);
    if (narrowed === null || !this.#mayHold(narrowed)) return;
    if (this.#deadEnds.has(() => this.#name(narrowed))) return;
    const stepsBefore = this.#deadEnds.budget.steps;
    // Once, for the whole: later it would cost more than it saves.
    const isWhole = this.#opened.length === 0;
    const parts = isWhole && !this.#eachSubtreeHasATop(narrowed) ? [] : split(this.problem, narrowed);
    this.#opened.push({ part: narrowed, parts: parts[Symbol.iterator](), foundBefore: this.#found, stepsBefore });
  }

  #mayHold({ domains }: Subproblem): boolean {
    if (this.#feasibility === null || !this.#feasibility.isNeeded) return true;
    return this.#feasibility.mayHold(domains, this.#emptyPlacement(), () => true);
  }

  #emptyPlacement(): Placement {
    this.#untouched ??= new Placement(this.problem);
    return this.#untouched;
  }

  /**
   * With several lists, one that cannot be met at all must not be found out once for every way to meet the others.
   */
  #eachSubtreeHasATop(whole: Subproblem): boolean {
    if (whole.subtrees.length < 2) return true;
    return whole.subtrees.every((list) => {
      for (const part of splitSubtree(this.problem, whole, list)) {
        this.#deadEnds.budget.spend(1);
        const inner = narrow(this.problem, part);
        if (inner !== null && this.#mayHold(inner)) return true;
      }
      return false;
    });
  }

  #name({ domains, subtrees, covers }: Subproblem): string {
    const left = [...domains.keys()];
    return stateName(this.problem, this.#emptyPlacement(), { domains, left, subtrees, covers });
  }
}
