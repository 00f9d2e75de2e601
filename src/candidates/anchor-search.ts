// All candidates at one anchor, one at a time: cut the problem into parts until only domains are left, drop every part
// that cannot hold, and enumerate the rest.

import type { AnchorProblem } from './anchor-problem.ts';
import { Assignments } from './assignments.ts';
import type { DeadEnds } from './dead-ends.ts';
import { Feasibility } from './feasibility.ts';
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
  readonly #feasibility: Feasibility;
  readonly #untouched: Placement;
  readonly #opened: Opened[] = [];
  #assignments: Assignments | null = null;
  #found = 0;

  constructor(problem: AnchorProblem, deadEnds: DeadEnds) {
    this.problem = problem;
    this.#deadEnds = deadEnds;
    this.#feasibility = new Feasibility(problem, deadEnds.budget);
    this.#untouched = new Placement(problem);
    const whole = wholeProblem(problem);
    if (this.#eachSubtreeHasATop(whole)) this.#open(whole);
  }

  /** Variable → option of the candidate that `next` went to. */
  get choice(): Int32Array {
    if (this.#assignments === null) throw new Error('there is no candidate at hand');
    return this.#assignments.choice;
  }

  /** Goes on to the next candidate; false when there is none any more. */
  next(): boolean {
    for (;;) {
      if (this.#assignments?.next()) {
        this.#found++;
        return true;
      }
      this.#assignments = null;
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
    else if (this.#mayHold(part)) {
      this.#assignments = new Assignments(this.problem, part.domains, this.#feasibility, this.#deadEnds);
    }
  }

  #open(part: Subproblem): void {
    this.#deadEnds.budget.spend(1 + part.subtrees.length);
    const narrowed = narrow(this.problem, part);
    if (narrowed === null || !this.#mayHold(narrowed)) return;
    if (this.#deadEnds.has(() => this.#name(narrowed))) return;
    this.#opened.push({
      part: narrowed,
      parts: split(this.problem, narrowed)[Symbol.iterator](),
      foundBefore: this.#found,
      stepsBefore: this.#deadEnds.budget.steps,
    });
  }

  #mayHold({ domains }: Subproblem): boolean {
    return !this.#feasibility.isNeeded || this.#feasibility.mayHold(domains, this.#untouched, () => true);
  }

  /**
   * With several lists, one that cannot be met at all must not be found out once for every way to meet the others.
   */
  #eachSubtreeHasATop(whole: Subproblem): boolean {
    if (whole.subtrees.length < 2) return true;
    const narrowed = narrow(this.problem, whole);
    if (narrowed === null) return false;
    return narrowed.subtrees.every((list) => {
      for (const part of splitSubtree(this.problem, narrowed, list)) {
        this.#deadEnds.budget.spend(1);
        const inner = narrow(this.problem, part);
        if (inner !== null && this.#mayHold(inner)) return true;
      }
      return false;
    });
  }

  #name({ domains, subtrees, covers }: Subproblem): string {
    const left = [...domains.keys()];
    return stateName(this.problem, this.#untouched, { domains, left, subtrees, covers });
  }
}
