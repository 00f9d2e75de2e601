// GET /allocation_candidates: answered from the model in memory, which is fresh when the search begins.

import type { CandidateAnswer } from '../candidates/answer.ts';
import type { CandidateQuery } from '../candidates/query.ts';
import { searchCandidates } from '../candidates/search.ts';
import { WorkBudget } from '../candidates/work-budget.ts';
import { searchGroupsTooMany } from '../domain/errors/search.ts';
import type { ModelReader } from '../model/reader.ts';
import type { Service } from './service.ts';

/** Answers from before, which hold as long as the model's count of changes is the same. */
export interface CandidateMemory<Presented> {
  recall(changeCount: number): Presented | undefined;
  /** Told of each answer that could not be recalled; tells what to answer with. */
  remember(presented: Presented): Presented;
}

/**
 * Searches and hands the answer to `present`, synchronously, since provider numbers hold only until the model changes.
 * The memory is asked first, but for random answers.
 *
 * Errors: 400 for unknown names and for more groups or candidates than allowed, 503 when the search would take more work
 * than allowed.
 */
export async function listCandidates<Presented>(
  service: Service,
  query: CandidateQuery,
  present: (model: ModelReader, answer: CandidateAnswer) => Presented,
  memory: CandidateMemory<Presented>,
): Promise<Presented> {
  const { maxAllocationCandidates, generationStrategy, randomizeAllocationCandidates } = service.settings;
  const { searchStepsMax, requestGroupsMax, candidatesMax } = service.searchLimits;
  if (query.groups.length > requestGroupsMax) throw searchGroupsTooMany({ groupsMax: requestGroupsMax });
  return service.model.read((model) => {
    const recalled = randomizeAllocationCandidates ? undefined : memory.recall(model.changeCount);
    if (recalled !== undefined) return recalled;
    const beganAt = performance.now();
    const budget = new WorkBudget(searchStepsMax);
    let found: number | null = null;
    try {
      const answer = searchCandidates(model, query, {
        maxCandidates: maxAllocationCandidates,
        strategy: generationStrategy,
        random: randomizeAllocationCandidates ? Math.random : null,
        budget,
        candidatesMax,
      });
      const presented = present(model, answer);
      found = answer.allocationRequests.length;
      return randomizeAllocationCandidates ? presented : memory.remember(presented);
    } finally {
      service.observeSearch?.({ steps: budget.steps, found, durationMs: performance.now() - beganAt });
    }
  });
}
