// One search per anchor, without repetition: the same candidate can show up at several anchors only when every provider
// in it shares (allocation-candidates §3.5). Anchors that see the same sharing providers are told to leave such
// candidates to the first of them; what still comes twice is noticed by name.

import { type ProviderNumber, providerNumber } from '../model/reader.ts';
import { type AnchorProblem, type Cover, problemAt } from './anchor-problem.ts';
import { promisingAnchors } from './anchors.ts';
import type { AllocationRequest } from './answer.ts';
import type { DeadEnds } from './dead-ends.ts';
import { type Choices, LikeProblems } from './like-problems.ts';
import { isLone, loneRules, servesAlone } from './lone-anchor.ts';
import type { SearchPlan } from './search-plan.ts';
import type { WorkBudget } from './work-budget.ts';

/** What it takes, measured in steps, to write down a part of a candidate and to make text of it for the answer. */
const STEPS_PER_PART = 4;

/** The candidates of one anchor, one at a time. */
export interface AnchorCandidates {
  /** Goes on to the next candidate; false when there is none any more. */
  next(): boolean;
  /** The candidate at hand. */
  request(): AllocationRequest;
}

/** The candidates of each anchor that may have one, lazily. */
export function* candidatesByAnchor(plan: SearchPlan, deadEnds: DeadEnds): Generator<AnchorCandidates> {
  const repeats = new Repeats();
  const lone = loneRules(plan);
  const likeProblems = new LikeProblems(deadEnds);
  for (const anchor of promisingAnchors(plan, deadEnds.budget)) {
    deadEnds.budget.spend(1);
    if (isLone(plan, anchor)) {
      if (servesAlone(lone, anchor)) yield new LoneCandidate(plan, anchor, deadEnds.budget);
      continue;
    }
    const problem = problemAt(plan, anchor);
    if (problem === null) continue;
    deadEnds.budget.spend(problem.providers.length);
    const own = repeats.leaveOut(problem);
    if (own === null) continue;
    yield new Candidates(likeProblems.choicesOf(own), own, repeats, deadEnds.budget);
  }
}

/** The one way to take everything from one provider. */
class LoneCandidate implements AnchorCandidates {
  readonly #size: number;
  readonly #provider: number;
  readonly #budget: WorkBudget;
  #isAhead = true;

  constructor({ variables }: SearchPlan, provider: number, budget: WorkBudget) {
    this.#size = variables.length;
    this.#provider = provider;
    this.#budget = budget;
  }

  next(): boolean {
    const isAhead = this.#isAhead;
    this.#isAhead = false;
    return isAhead;
  }

  request(): AllocationRequest {
    this.#budget.spend(STEPS_PER_PART * this.#size);
    return new Array<ProviderNumber>(this.#size).fill(providerNumber(this.#provider));
  }
}

class Candidates implements AnchorCandidates {
  readonly #choices: Choices;
  /** Of the problem no more than this: the anchors that wait for their next turn may be many. */
  readonly #providers: readonly number[];
  readonly #sharing: Uint8Array;
  readonly #repeats: Repeats;
  readonly #budget: WorkBudget;

  constructor(choices: Choices, { providers, sharing }: AnchorProblem, repeats: Repeats, budget: WorkBudget) {
    this.#choices = choices;
    this.#providers = providers;
    this.#sharing = sharing;
    this.#repeats = repeats;
    this.#budget = budget;
  }

  next(): boolean {
    while (this.#choices.next()) {
      if (this.#repeats.isNew(this.#providers, this.#sharing, this.#choices.choice)) return true;
    }
    return false;
  }

  request(): AllocationRequest {
    const { choice } = this.#choices;
    this.#budget.spend(STEPS_PER_PART * choice.length);
    // Of its final length from the start: lists that grow are made for seventeen.
    const request = new Array<ProviderNumber>(choice.length);
    for (let part = 0; part < choice.length; part++) {
      request[part] = providerNumber(this.#providers[choice[part] ?? -1] ?? -1);
    }
    return request;
  }
}

class Repeats {
  readonly #sharedDomains = new Set<string>();
  readonly #sharedCandidates = new Set<string>();

  /** The problem without candidates of sharing providers alone, if another anchor has the same; null if none are left. */
  leaveOut(problem: AnchorProblem): AnchorProblem | null {
    const shared = sharedDomains(problem);
    if (shared === null) return problem;
    if (!this.#sharedDomains.has(shared)) {
      this.#sharedDomains.add(shared);
      return problem;
    }
    const satisfies = problem.sharing.map((shares) => 1 - shares);
    if (!satisfies.includes(1)) return null;
    const own: Cover = { name: 'own', variables: [...problem.variables.keys()], satisfies };
    return { ...problem, covers: [...problem.covers, own] };
  }

  isNew(providers: readonly number[], sharing: Uint8Array, choice: ArrayLike<number>): boolean {
    if (sharing.length === 0) return true;
    for (let variable = 0; variable < choice.length; variable++) if (sharing[choice[variable] ?? -1] !== 1) return true;
    const name = Array.from(choice, (option) => providers[option]).join();
    if (this.#sharedCandidates.has(name)) return false;
    this.#sharedCandidates.add(name);
    return true;
  }
}

/** The sharing providers that each variable may take; null when some variable has none. */
function sharedDomains({ domains, providers, sharing }: AnchorProblem): string | null {
  if (sharing.length === 0) return null;
  const lists: string[] = [];
  for (const domain of domains) {
    const shared: number[] = [];
    for (const option of domain) if (sharing[option] === 1) shared.push(providers[option] ?? -1);
    if (shared.length === 0) return null;
    lists.push(shared.sort((a, b) => a - b).join());
  }
  return lists.join(';');
}
