// What has been put where so far at an anchor: the room that is left, and who is taken.

import type { AnchorProblem } from './anchor-problem.ts';
import type { Variable } from './search-plan.ts';

export class Placement {
  readonly #problem: AnchorProblem;
  readonly #room: number[];
  /** Option → how many isolated variables took it: 0 or 1. */
  readonly #taken: Uint8Array;
  /** Root → the option in use there and by how many; null when a tree may serve with several providers. */
  readonly #users: Map<number, { option: number; count: number }> | null;

  constructor(problem: AnchorProblem) {
    this.#problem = problem;
    this.#room = problem.room.slice();
    this.#taken = new Uint8Array(problem.optionCount);
    this.#users = problem.exclusiveRoots === null ? null : new Map();
  }

  /** Whether the variable may still take the option (allocation-candidates §3.4, §3.6). */
  allows(variable: Variable, option: number): boolean {
    if (variable.isolated && this.#taken[option] === 1) return false;
    const { resourceCount } = this.#problem;
    const { contested } = variable;
    for (let index = 0; index < contested.length; index++) {
      const demand = contested[index];
      if (demand !== undefined && (this.#room[option * resourceCount + demand.resource] ?? 0) < demand.amount) {
        return false;
      }
    }
    return this.#users === null || variable.demands.length === 0 || this.#isFreeTree(option);
  }

  put(variable: Variable, option: number): void {
    this.#move(variable, option, -1);
    if (variable.isolated) this.#taken[option] = 1;
  }

  takeBack(variable: Variable, option: number): void {
    this.#move(variable, option, 1);
    if (variable.isolated) this.#taken[option] = 0;
  }

  room(option: number, resource: number): number {
    return this.#room[option * this.#problem.resourceCount + resource] ?? 0;
  }

  /** False when another provider of the option's tree is in use, which bars it below 1.29. */
  #isFreeTree(option: number): boolean {
    const user = this.#users?.get(this.#problem.exclusiveRoots?.[option] ?? -1);
    return user === undefined || user.option === option;
  }

  #move(variable: Variable, option: number, sign: 1 | -1): void {
    const { resourceCount } = this.#problem;
    for (const { resource, amount } of variable.contested) {
      const cell = option * resourceCount + resource;
      this.#room[cell] = (this.#room[cell] ?? 0) + sign * amount;
    }
    if (this.#users === null || variable.demands.length === 0) return;
    const root = this.#problem.exclusiveRoots?.[option] ?? -1;
    const user = this.#users.get(root) ?? { option, count: 0 };
    user.count -= sign;
    if (user.count === 0) this.#users.delete(root);
    else this.#users.set(root, user);
  }
}
