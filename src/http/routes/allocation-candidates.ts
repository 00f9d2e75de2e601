// /allocation_candidates (http-api §13): who could serve this request?

import { parseCandidateQuery } from '../../candidates/parse-candidate-query.ts';
import { listCandidates } from '../../operations/list-candidates.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/allocation-candidates.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { validateCandidateParameters } from '../schemas/query-schemas.ts';
import { type CandidatesText, type CandidateTexts, candidatesText, candidateTexts } from './candidate-formats.ts';
import { KeptAnswers, questionText } from './kept-answers.ts';

/** Operations of `/allocation_candidates`, from 1.10. What is remembered belongs to the service's model. */
export function allocationCandidates(service: Service): readonly Operation[] {
  const kept = { texts: candidateTexts(), answers: new KeptAnswers() };
  return [
    {
      method: 'GET',
      path: '/allocation_candidates',
      since: 10,
      guards: ['version', 'accept'],
      rule: 'placement:allocation_candidates:list',
      contract: contracts.listAllocationCandidates,
      answer: (request) => list(service, request, kept),
    },
  ];
}

interface Kept {
  readonly texts: CandidateTexts;
  readonly answers: KeptAnswers;
}

async function list(service: Service, request: OperationRequest, kept: Kept): Promise<OperationAnswer> {
  const parameters = request.query();
  validateCandidateParameters(parameters, request.version);
  const query = parseCandidateQuery(parameters, request.version);
  const question = questionText(request.version, parameters);
  const { pieces, release } = await listCandidates<CandidatesText>(
    service,
    query,
    (model, answer) => candidatesText(model, answer, query, kept.texts),
    {
      recall: (changeCount) => {
        const known = kept.answers.find(changeCount, question);
        return known === undefined ? undefined : { pieces: known };
      },
      remember: (text) => (kept.answers.keep(question, text.pieces) ? { pieces: text.pieces } : text),
    },
  );
  const lastModified = new Date();
  return { status: 200, pieces, lastModified, ...(release === undefined ? {} : { sent: release }) };
}
