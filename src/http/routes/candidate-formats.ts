// The answer of a candidate search as JSON text, by microversion (http-api §13.5, allocation-candidates §4). Written by
// hand: answers reach many megabytes, and suffixes of request groups are keys that clients choose.

import type { CandidateAnswer } from '../../candidates/answer.ts';
import type { CandidateQuery } from '../../candidates/query.ts';
import type { ResourceClassId } from '../../domain/ids.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import type { BodyPiece } from '../incoming.ts';
import { AnswerPieces } from './answer-pieces.ts';
import { uuidInText } from './json-text.ts';
import { KeptSummaries } from './kept-summaries.ts';
import { PieceBuffers } from './piece-buffers.ts';
import { RequestTexts } from './request-texts.ts';
import { resourcesText, traitsText } from './summary-texts.ts';
import { UuidWords } from './uuid-words.ts';

const SHOWS_TRAITS_SINCE = 17;
/** From here on a summary shows all classes of the provider; before, those asked for anywhere in the request. */
const SHOWS_ALL_CLASSES_SINCE = 27;
const SHOWS_TREE_SINCE = 29;

/** What is kept for the answers of one model. */
export interface CandidateTexts {
  readonly summaries: KeptSummaries;
  readonly uuids: UuidWords;
  readonly buffers: PieceBuffers;
}

/** A body in pieces. */
export interface CandidatesText {
  readonly pieces: readonly BodyPiece[];
  /** To be called when nobody looks at the pieces any more; absent: they stay. */
  readonly release?: () => void;
}

export function candidateTexts(): CandidateTexts {
  return { summaries: new KeptSummaries(), uuids: new UuidWords(), buffers: new PieceBuffers() };
}

/** A first guess at how long an answer is, for its buffer. */
const REQUEST_BYTES = 400;
const SUMMARY_BYTES = 350;

/** The body of `GET /allocation_candidates` at the query's microversion. */
export function candidatesText(
  model: ModelReader,
  { shape, allocationRequests, summarised }: CandidateAnswer,
  query: CandidateQuery,
  { summaries, uuids, buffers }: CandidateTexts,
): CandidatesText {
  const pieces = new AnswerPieces(
    1_000 + REQUEST_BYTES * allocationRequests.length + SUMMARY_BYTES * summarised.length,
    buffers,
  );
  pieces.add('{"allocation_requests":[');
  new RequestTexts(model, shape, query.version, uuids).addTo(pieces, allocationRequests);
  pieces.add('],"provider_summaries":{');
  if (query.version >= SHOWS_TREE_SINCE) summaries.addTo(pieces, model, summarised);
  else addEarlierSummaries(pieces, model, query, summarised);
  pieces.add('}}');
  return { pieces: pieces.end(), release: () => pieces.release() };
}

function addEarlierSummaries(
  pieces: AnswerPieces,
  model: ModelReader,
  query: CandidateQuery,
  summarised: readonly ProviderNumber[],
): void {
  const classes = query.version >= SHOWS_ALL_CLASSES_SINCE ? null : requestedClasses(model, query);
  let separator = '';
  for (const provider of summarised) {
    const traits = query.version < SHOWS_TRAITS_SINCE ? '' : `,${traitsText(model, provider)}`;
    const uuid = uuidInText(model, provider);
    pieces.add(`${separator}"${uuid}":{${resourcesText(model, provider, classes)}${traits}}`);
    separator = ',';
  }
}

function requestedClasses(model: ModelReader, query: CandidateQuery): ReadonlySet<ResourceClassId> {
  const ids = new Set<ResourceClassId>();
  for (const group of query.groups) {
    for (const { resourceClass } of group.resources) {
      const id = model.resourceClassId(resourceClass);
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}
