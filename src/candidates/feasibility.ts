// May the variables that have no provider yet still get one each? Necessary conditions, each a bipartite matching of
// variables to seats: under `isolate` a provider has one seat; for a scarce resource class it has as many as the
// smallest demands that still fit. Exact where all ask for the same, which is where dead ends are of factorial size.

import type { AnchorProblem, Domains } from './anchor-problem.ts';
import type { Placement } from './placement.ts';
import type { WorkBudget } from './work-budget.ts';

/** One matching: its variables, and how many of those that are left an option can seat. */
interface Channel {
  readonly variables: readonly number[];
  /** The class whose room makes the seats; -1: one seat each; -2: any number of seats. */
  readonly resource: number;
  /** Variable → the option it had in the last matching that was found, a place to start from. */
  readonly witness: Int32Array;
}

const ONE_SEAT = -1;
const ANY_SEATS = -2;

export class Feasibility {
  readonly #problem: AnchorProblem;
  readonly #budget: WorkBudget;
  readonly #channels: readonly Channel[];
  /** Option → variables seated there in the matching at hand; all 0 between checks. */
  readonly #seated: Int32Array;
  readonly #visited: Int32Array;
  #visit = 0;

  constructor(problem: AnchorProblem, budget: WorkBudget) {
    this.#problem = problem;
    this.#budget = budget;
    this.#channels = channelsOf(problem);
    this.#seated = new Int32Array(problem.optionCount);
    this.#visited = new Int32Array(problem.optionCount);
  }

  /** False when nothing can go wrong between variables: then every choice from the domains is a candidate. */
  get isNeeded(): boolean {
    return this.#channels.length > 0;
  }

  /**
   * False when the variables that `isLeft` cannot all be served on top of what is placed. True is no promise.
   */
  mayHold(domains: Domains, placement: Placement, isLeft: (variable: number) => boolean): boolean {
    return this.#channels.every((channel) => {
      const left = channel.variables.filter(isLeft);
      if (left.length === 0) return true;
      if (channel.resource >= 0 && !this.#sumsUp(channel.resource, left, domains, placement)) return false;
      const seats = this.#seatsOf(channel, left, placement);
      const holds = this.#match(channel, left, domains, placement, seats);
      for (const variable of left) {
        const option = channel.witness[variable] ?? -1;
        if (option >= 0) this.#seated[option] = 0;
      }
      return holds;
    });
  }

  /** What is asked for in all is no more than what all providers in question have left. */
  #sumsUp(resource: number, left: readonly number[], domains: Domains, placement: Placement): boolean {
    this.#visit++;
    let missing = 0;
    for (const variable of left) missing += demandOf(this.#problem, variable, resource);
    for (const variable of left) {
      for (const option of domains[variable] ?? []) {
        if (this.#visited[option] === this.#visit) continue;
        this.#visited[option] = this.#visit;
        missing -= Math.max(0, placement.room(option, resource));
        if (missing <= 0) return true;
      }
    }
    return false;
  }

  #match(
    { witness }: Channel,
    left: readonly number[],
    domains: Domains,
    placement: Placement,
    seats: (option: number) => number,
  ): boolean {
    const { variables } = this.#problem;
    const allows = (variable: number, option: number): boolean => {
      const asked = variables[variable];
      return asked !== undefined && placement.allows(asked, option);
    };
    const augment = (variable: number): boolean => {
      const domain = domains[variable] ?? [];
      this.#budget.spend(1);
      for (const option of domain) {
        if (this.#visited[option] === this.#visit || !allows(variable, option)) continue;
        this.#visited[option] = this.#visit;
        const seated = this.#seated[option] ?? 0;
        const free = seats(option);
        if (seated < free) {
          this.#seated[option] = seated + 1;
          witness[variable] = option;
          return true;
        }
        if (free <= 0) continue;
        for (const other of left) {
          if (witness[other] !== option || !augment(other)) continue;
          witness[variable] = option;
          return true;
        }
      }
      return false;
    };
    const unseated: number[] = [];
    for (const variable of left) {
      const option = witness[variable] ?? -1;
      const stays = option >= 0 && domains[variable]?.includes(option) && allows(variable, option);
      if (stays && (this.#seated[option] ?? 0) < seats(option)) {
        this.#seated[option] = (this.#seated[option] ?? 0) + 1;
      } else {
        witness[variable] = -1;
        unseated.push(variable);
      }
    }
    return unseated.every((variable) => {
      this.#visit++;
      return augment(variable);
    });
  }

  #seatsOf({ resource }: Channel, left: readonly number[], placement: Placement): (option: number) => number {
    if (resource === ANY_SEATS) return () => left.length;
    if (resource === ONE_SEAT) return () => 1;
    const demands = left.map((variable) => demandOf(this.#problem, variable, resource)).sort((a, b) => a - b);
    return (option) => {
      let room = placement.room(option, resource);
      let seats = 0;
      while (seats < demands.length && room >= (demands[seats] ?? 0)) room -= demands[seats++] ?? 0;
      return seats;
    };
  }
}

function channelsOf(problem: AnchorProblem): readonly Channel[] {
  const { variables, resourceCount, exclusiveRoots } = problem;
  const channels: Channel[] = [];
  const add = (members: readonly number[], resource: number): void => {
    if (members.length < 2) return;
    channels.push({ variables: members, resource, witness: new Int32Array(variables.length).fill(-1) });
  };
  const all = [...variables.keys()];
  add(
    all.filter((variable) => variables[variable]?.isolated),
    ONE_SEAT,
  );
  for (let resource = 0; resource < resourceCount; resource++) {
    const asking = all.filter((variable) => demandOf(problem, variable, resource) > 0);
    if (isScarce(problem, asking, resource)) add(asking, resource);
  }
  // Below 1.29 a tree that is in use bars its other providers: everyone must keep somebody.
  if (exclusiveRoots !== null) add(all, ANY_SEATS);
  return channels;
}

/** Whether some provider could not serve all who might turn to it. */
function isScarce(
  { domains, room, resourceCount, variables }: AnchorProblem,
  asking: readonly number[],
  resource: number,
) {
  if (asking.length < 2) return false;
  const total = asking.reduce((sum, variable) => sum + amountOf(variables[variable], resource), 0);
  return asking.some((variable) =>
    domains[variable]?.some((option) => (room[option * resourceCount + resource] ?? 0) < total),
  );
}

function demandOf(problem: AnchorProblem, variable: number, resource: number): number {
  return amountOf(problem.variables[variable], resource);
}

function amountOf(variable: AnchorProblem['variables'][number] | undefined, resource: number): number {
  return variable?.contested.find((demand) => demand.resource === resource)?.amount ?? 0;
}
