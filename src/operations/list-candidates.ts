// GET /allocation_candidates: answered from the model in memory, which is fresh when the search begins.

import type { CandidateAnswer } from '../candidates/answer.ts';
import type { CandidateQuery } from '../candidates/query.ts';
import { searchCandidates } from '../candidates/search.ts';
import type { ModelReader } from '../model/reader.ts';
import type { Service } from './service.ts';

/**
 * Searches and hands the answer to `present`, synchronously, since provider numbers hold only until the model changes.
 * Errors: 400 for unknown names, 503 when the search would take more work than allowed.
 */
export function listCandidates<Presented>(
  service: Service,
  query: CandidateQuery,
  present: (model: ModelReader, answer: CandidateAnswer) => Presented,
): Promise<Presented> {
  const { maxAllocationCandidates, generationStrategy, randomizeAllocationCandidates } = service.settings;
  return service.model.read((model) =>
    present(
      model,
      searchCandidates(model, query, {
        maxCandidates: maxAllocationCandidates,
        strategy: generationStrategy,
        random: randomizeAllocationCandidates ? Math.random : null,
        stepsMax: service.searchStepsMax,
      }),
    ),
  );
}
