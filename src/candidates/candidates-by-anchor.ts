// One search per anchor, without repetition: the same candidate can show up at several anchors only when every provider
// in it shares (allocation-candidates §3.5). Anchors that see the same sharing providers are told to leave such
// candidates to the first of them; what still comes twice is noticed by name.

import { type ProviderNumber, providerNumber } from '../model/reader.ts';
import { domainsOf } from './anchor-problem.ts';
import { AnchorView } from './anchor-view.ts';
import { promisingAnchors } from './anchors.ts';
import type { DeadEnds } from './dead-ends.ts';
import { type Choices, LikeProblems } from './like-problems.ts';
import { isLone, loneRules, servesAlone } from './lone-anchor.ts';
import type { RequestWriter } from './request-list.ts';
import type { SearchPlan } from './search-plan.ts';
import type { WorkBudget } from './work-budget.ts';

/** What it takes, measured in steps, to write down a part of a candidate and to make text of it for the answer. */
const STEPS_PER_PART = 4;

/** The candidates of one anchor, one at a time. */
export interface AnchorCandidates extends RequestWriter {
  /** Goes on to the next candidate, which is then at hand; false when there is none any more. */
  next(): boolean;
}

/** The candidates of each anchor that may have one, lazily. */
export function* candidatesByAnchor(plan: SearchPlan, deadEnds: DeadEnds): Generator<AnchorCandidates> {
  const { budget } = deadEnds;
  const repeats = new Repeats();
  const lone = loneRules(plan);
  const view = new AnchorView(plan);
  const likeProblems = new LikeProblems(deadEnds);
  for (const anchor of promisingAnchors(plan, budget)) {
    budget.spend(1);
    if (isLone(plan, anchor)) {
      if (servesAlone(lone, anchor)) yield new LoneCandidate(plan, anchor, budget);
      continue;
    }
    if (!view.lookAt(anchor)) continue;
    budget.spend(view.count);
    const told = view.hasSharing ? repeats.toldAlready(view) : 'none';
    const choices = told === 'all' ? null : likeProblems.choicesOf(view, told === 'some');
    if (choices !== null) yield new Candidates(choices, view, repeats, budget);
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

  write(to: ProviderNumber[], at: number): void {
    this.#budget.spend(STEPS_PER_PART * this.#size);
    const provider = providerNumber(this.#provider);
    for (let part = 0; part < this.#size; part++) to[at + part] = provider;
  }
}

class Candidates implements AnchorCandidates {
  readonly #choices: Choices;
  /** Of the view no more than this: the anchors that wait for their next turn may be many. */
  readonly #providers: readonly number[];
  /** Option → whether it shares; null when none does. */
  readonly #sharing: readonly boolean[] | null;
  readonly #size: number;
  readonly #repeats: Repeats;
  readonly #budget: WorkBudget;

  constructor(choices: Choices, view: AnchorView, repeats: Repeats, budget: WorkBudget) {
    this.#choices = choices;
    this.#providers = view.providers();
    this.#sharing = view.hasSharing ? this.#providers.map((_, option) => view.shares(option)) : null;
    this.#size = view.plan.variables.length;
    this.#repeats = repeats;
    this.#budget = budget;
  }

  next(): boolean {
    while (this.#choices.next()) if (this.#sharing === null || this.#isNew(this.#sharing)) return true;
    return false;
  }

  write(to: ProviderNumber[], at: number): void {
    const { options, from } = this.#choices;
    this.#budget.spend(STEPS_PER_PART * this.#size);
    for (let part = 0; part < this.#size; part++) {
      to[at + part] = providerNumber(this.#providers[options[from + part] ?? -1] ?? -1);
    }
  }

  #isNew(sharing: readonly boolean[]): boolean {
    const { options, from } = this.#choices;
    for (let part = 0; part < this.#size; part++) if (sharing[options[from + part] ?? -1] !== true) return true;
    const providers = Array.from({ length: this.#size }, (_, part) => this.#providers[options[from + part] ?? -1]);
    return this.#repeats.isNew(providers.join());
  }
}

class Repeats {
  readonly #sharedDomains = new Set<string>();
  readonly #sharedCandidates = new Set<string>();

  /** Which candidates of the anchor another one has already: those of sharing providers alone are `some`, or `all`. */
  toldAlready(view: AnchorView): 'none' | 'some' | 'all' {
    const shared = sharedDomains(view);
    // An anchor where a trait cannot be met tells nothing; but then these providers do not meet it for others either.
    if (shared === null) return 'none';
    if (!this.#sharedDomains.has(shared)) {
      this.#sharedDomains.add(shared);
      return 'none';
    }
    for (let option = 0; option < view.count; option++) if (!view.shares(option)) return 'some';
    return 'all';
  }

  /** @param candidate the name of one of sharing providers alone */
  isNew(candidate: string): boolean {
    if (this.#sharedCandidates.has(candidate)) return false;
    this.#sharedCandidates.add(candidate);
    return true;
  }
}

/** The sharing providers that each variable may take; null when some variable has none. */
function sharedDomains(view: AnchorView): string | null {
  const providers = view.providers();
  const lists: string[] = [];
  for (const domain of domainsOf(view)) {
    const shared: number[] = [];
    for (const option of domain) if (view.shares(option)) shared.push(providers[option] ?? -1);
    if (shared.length === 0) return null;
    lists.push(shared.sort((a, b) => a - b).join());
  }
  return lists.join(';');
}
