// How much work one search may do, counted in steps rather than in time, so that the same request on the same state
// always comes to the same end.

import { searchTooMuchWork } from '../domain/errors/search.ts';

export class WorkBudget {
  readonly #stepsMax: number;
  #steps = 0;

  constructor(stepsMax: number) {
    this.#stepsMax = stepsMax;
  }

  /** Steps spent so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Throws `searchTooMuchWork` when the budget is used up. */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#stepsMax) throw searchTooMuchWork({ stepsMax: this.#stepsMax });
  }
}
