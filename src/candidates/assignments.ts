// All ways to give each variable an option of its domain, depth first and one at a time, when only domains, room and
// `isolate` are left to obey. After each choice the rest must still be feasible, so that no long dead end is entered.

import type { AnchorProblem, Domains } from './anchor-problem.ts';
import type { DeadEnds } from './dead-ends.ts';
import type { Feasibility } from './feasibility.ts';
import { Placement } from './placement.ts';
import { stateName } from './symmetry.ts';

export class Assignments {
  readonly #problem: AnchorProblem;
  readonly #domains: Domains;
  readonly #feasibility: Feasibility;
  readonly #deadEnds: DeadEnds;
  readonly #placement: Placement;
  /** The variables, those with the fewest options first. */
  readonly #order: readonly number[];
  /** Variable → its place in the order. */
  readonly #depths: Int32Array;
  /** Depth → position in the domain that is tried; -1 before the first. */
  readonly #cursors: Int32Array;
  /** Depth → what was found and spent before it was entered. */
  readonly #foundBefore: Float64Array;
  readonly #stepsBefore: Float64Array;
  #depth = 0;
  #found = 0;
  /** Variable → option; complete whenever `next` was true. */
  readonly choice: Int32Array;

  constructor(problem: AnchorProblem, domains: Domains, feasibility: Feasibility, deadEnds: DeadEnds) {
    this.#problem = problem;
    this.#domains = domains;
    this.#feasibility = feasibility;
    this.#deadEnds = deadEnds;
    this.#placement = new Placement(problem);
    const size = (variable: number): number => domains[variable]?.length ?? 0;
    this.#order = [...domains.keys()].sort((a, b) => size(a) - size(b) || a - b);
    this.#depths = new Int32Array(domains.length);
    for (const [depth, variable] of this.#order.entries()) this.#depths[variable] = depth;
    this.#cursors = new Int32Array(domains.length).fill(-1);
    this.#foundBefore = new Float64Array(domains.length);
    this.#stepsBefore = new Float64Array(domains.length);
    this.choice = new Int32Array(domains.length).fill(-1);
  }

  /** Goes on to the next assignment; false when there is none any more. */
  next(): boolean {
    const last = this.#order.length - 1;
    while (this.#depth >= 0) {
      if (!this.#advance()) {
        this.#depth--;
        continue;
      }
      if (this.#depth === last) {
        this.#found++;
        return true;
      }
      if (this.#restIsHopeless()) continue;
      this.#depth++;
      this.#cursors[this.#depth] = -1;
      this.#foundBefore[this.#depth] = this.#found;
      this.#stepsBefore[this.#depth] = this.#deadEnds.budget.steps;
    }
    return false;
  }

  /** Moves the variable at this depth to its next allowed option; false when it has no more. */
  #advance(): boolean {
    const depth = this.#depth;
    const variable = this.#order[depth] ?? 0;
    const asked = this.#problem.variables[variable];
    const domain = this.#domains[variable] ?? [];
    if (asked === undefined) return false;
    let cursor = this.#cursors[depth] ?? -1;
    if (cursor >= 0) this.#placement.takeBack(asked, domain[cursor] ?? 0);
    for (cursor++; cursor < domain.length; cursor++) {
      const option = domain[cursor] ?? 0;
      if (!this.#placement.allows(asked, option)) continue;
      this.#deadEnds.budget.spend(1);
      this.#placement.put(asked, option);
      this.#cursors[depth] = cursor;
      this.choice[variable] = option;
      return true;
    }
    this.#cursors[depth] = -1;
    if (this.#found === this.#foundBefore[depth]) {
      this.#deadEnds.remember(this.#stepsBefore[depth] ?? 0, () => this.#nameFrom(depth));
    }
    return false;
  }

  #restIsHopeless(): boolean {
    if (!this.#feasibility.isNeeded) return false;
    const next = this.#depth + 1;
    const isLeft = (variable: number): boolean => (this.#depths[variable] ?? 0) >= next;
    if (!this.#feasibility.mayHold(this.#domains, this.#placement, isLeft)) return true;
    return this.#deadEnds.has(() => this.#nameFrom(next));
  }

  #nameFrom(depth: number): string {
    const left = this.#order.slice(depth).sort((a, b) => a - b);
    return stateName(this.#problem, this.#placement, { domains: this.#domains, left, subtrees: [], covers: [] });
  }
}
