// States of the search that have no candidate, by name (symmetry.ts). Shared by all anchors of one search: ten thousand
// hosts of one make that cannot serve a request are found out once.

import type { WorkBudget } from './work-budget.ts';

/** A state that fell in fewer steps than this is found out again faster than it is named. */
const STEPS_WORTH_REMEMBERING = 32;
/** A name is some hundred bytes to some kilobytes. */
const NAMES_MAX = 50_000;

export class DeadEnds {
  readonly budget: WorkBudget;
  readonly #stepsWorthRemembering: number;
  readonly #names = new Set<string>();

  /** @param stepsWorthRemembering a state that fell in fewer steps is forgotten; 0 remembers every one */
  constructor(budget: WorkBudget, stepsWorthRemembering = STEPS_WORTH_REMEMBERING) {
    this.budget = budget;
    this.#stepsWorthRemembering = stepsWorthRemembering;
  }

  /** Whether the state is known to be without candidates. Names nothing while nothing is remembered. */
  has(name: () => string): boolean {
    return this.#names.size > 0 && this.#names.has(name());
  }

  /** Remembers a state that was searched through, from `stepsBefore` on, without finding a candidate. */
  remember(stepsBefore: number, name: () => string): void {
    if (this.budget.steps - stepsBefore < this.#stepsWorthRemembering || this.#names.size >= NAMES_MAX) return;
    this.#names.add(name());
  }
}
