// All ways to give each variable an option of its domain when none can bar another: every combination, counted up like
// the wheels of an odometer.

import type { Domains } from './anchor-problem.ts';
import type { WorkBudget } from './work-budget.ts';

export class FreeChoices {
  readonly #domains: Domains;
  readonly #budget: WorkBudget;
  /** Variable → position in its domain; null before the first choice. */
  #positions: Int32Array | null = null;
  /** Variable → option; complete whenever `next` was true. */
  readonly choice: Int32Array;

  /** No domain is empty. */
  constructor(domains: Domains, budget: WorkBudget) {
    this.#domains = domains;
    this.#budget = budget;
    this.choice = new Int32Array(domains.length);
    for (let variable = 0; variable < domains.length; variable++) this.choice[variable] = domains[variable]?.[0] ?? 0;
  }

  /** Goes on to the next choice; false when there is none any more. */
  next(): boolean {
    this.#budget.spend(1);
    if (this.#positions === null) {
      this.#positions = new Int32Array(this.#domains.length);
      return true;
    }
    for (let variable = this.#domains.length - 1; variable >= 0; variable--) {
      const domain = this.#domains[variable] ?? [];
      const position = (this.#positions[variable] ?? 0) + 1;
      const isLast = position === domain.length;
      this.#positions[variable] = isLast ? 0 : position;
      this.choice[variable] = domain[isLast ? 0 : position] ?? 0;
      if (!isLast) return true;
    }
    return false;
  }
}
