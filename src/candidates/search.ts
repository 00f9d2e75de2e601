// GET /allocation_candidates as a pure function of the model (allocation-candidates §2.5 to §5).
//
//   query ──► resolve-query     names become sets; unknown names are errors unless an empty answer hides them
//         ──► search-plan       a variable for each suffixed group and each class of the unsuffixed group
//         ──► anchors           the roots worth a look, led by the condition that the fewest providers meet
//               │ for each, lazily
//               ├─ lone-anchor       one provider within reach: one candidate or none
//               ├─ anchor-view       who is within reach and may serve which variable, as rows of numbers
//               ├─ candidates-by-anchor   leaves out what another anchor tells already
//               ├─ like-problems     equal rows: the choices of an earlier anchor are taken over
//               ├─ anchor-problem    else a problem is made of the rows: domains
//               └─ anchor-search     candidates one at a time:
//                     split          subtree lists and trait alternatives become narrower domains
//                     subproblem     options that cannot matter are dropped
//                     feasibility    a matching must exist, before anything is tried
//                     assignments    depth first with `placement`; dead ends are remembered by `symmetry`
//                     free-choices   the same where nothing can go wrong
//         ──► choose            roots take turns until the limit; cap, strategy, sampling
//         ──► summaries         the trees of the chosen
//
// An option is a provider at an anchor; a choice gives every variable one.

import type { Model } from '../model/model.ts';
import type { AllocationRequest, CandidateAnswer, RequestShape } from './answer.ts';
import { candidatesByAnchor } from './candidates-by-anchor.ts';
import { chooseCandidates } from './choose.ts';
import { DeadEnds } from './dead-ends.ts';
import type { CandidateQuery } from './query.ts';
import { RequestList } from './request-list.ts';
import { type ResolvedQuery, resolveQuery } from './resolve-query.ts';
import { planSearch, type SearchPlan } from './search-plan.ts';
import { summarisedProviders } from './summaries.ts';
import { WorkBudget } from './work-budget.ts';

export interface SearchOptions {
  /** ≥ 1: generation stops when this many different candidates exist; null for no cap (§5.3). */
  readonly maxCandidates: number | null;
  /** Matters only with a cap. */
  readonly strategy: 'depth-first' | 'breadth-first';
  /** Uniform in [0, 1); null for an answer that depends on state and query alone. */
  readonly random: (() => number) | null;
  /** Bound on the work, in steps of the search; what was spent can be read from it afterwards. */
  readonly budget?: WorkBudget;
  /** Bound on the allocation requests of the answer. */
  readonly candidatesMax?: number;
}

/**
 * About half a second of work: 3,500 steps a millisecond or more, whatever the question (`node bench/search-steps.ts`).
 * A candidate takes 4 steps for each group or class that it serves, to be written down; a root one or two.
 */
export const SEARCH_STEPS_MAX = 2_000_000;

const NOTHING: CandidateAnswer = {
  shape: { suffixes: [], parts: [] },
  allocationRequests: new RequestList(0),
  summarised: [],
};

/**
 * The candidates for a query on the model as it is.
 *
 * Throws 400 `searchClassUnknown` or `searchTraitUnknown` for names without a record, unless an answer that is empty
 * anyhow hides them, 400 `searchCandidatesTooMany` for an answer beyond `candidatesMax`, and 503 `searchTooMuchWork`
 * when the budget does not suffice.
 */
export function searchCandidates(model: Model, query: CandidateQuery, options: SearchOptions): CandidateAnswer {
  const budget = options.budget ?? new WorkBudget(SEARCH_STEPS_MAX);
  const resolved = resolveQuery(model, query, (alone) => hasCandidate(model, alone, budget));
  if (resolved === null) return NOTHING;
  // A cap counts candidates before those with two providers of one tree are dropped (§5.3).
  const dropAfterwards = resolved.onePerTree && options.maxCandidates !== null;
  const plan = planSearch(model, dropAfterwards ? { ...resolved, onePerTree: false } : resolved);
  if (plan === null) return NOTHING;
  const shape = shapeOf(plan);
  const allocationRequests = chooseCandidates(candidatesByAnchor(plan, new DeadEnds(budget)), {
    ...options,
    partCount: shape.parts.length,
    limit: query.limit,
    candidatesMax: options.candidatesMax ?? Number.POSITIVE_INFINITY,
    accept: dropAfterwards ? (request) => isOnePerTree(model, shape, request) : null,
  });
  const summarised = summarisedProviders(model, shape, allocationRequests, query.version >= 29);
  return { shape, allocationRequests, summarised };
}

function hasCandidate(model: Model, query: ResolvedQuery, budget: WorkBudget): boolean {
  const plan = planSearch(model, query);
  if (plan === null) return false;
  for (const anchor of candidatesByAnchor(plan, new DeadEnds(budget))) if (anchor.next()) return true;
  return false;
}

function shapeOf({ groups, variables, resources }: SearchPlan): RequestShape {
  const parts = variables.map(({ group, demands }) => ({
    group,
    amounts: demands.flatMap(({ resource, amount }) => {
      const resourceClassId = resources[resource];
      return resourceClassId === undefined ? [] : [{ resourceClassId, amount }];
    }),
  }));
  return { suffixes: groups.map(({ suffix }) => suffix), parts };
}

/** No two different providers of one tree give something (§3.6). */
function isOnePerTree(model: Model, { parts }: RequestShape, request: AllocationRequest): boolean {
  const providers = new Set(request.filter((_, part) => (parts[part]?.amounts.length ?? 0) > 0));
  const roots = new Set([...providers].map((provider) => model.root(provider)));
  return roots.size === providers.size;
}
