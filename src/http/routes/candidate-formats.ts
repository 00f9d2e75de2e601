// The answer of a candidate search as JSON text, by microversion (http-api §13.5, allocation-candidates §4). Written by
// hand: answers reach many megabytes, and suffixes of request groups are keys that clients choose.

import type { CandidateAnswer } from '../../candidates/answer.ts';
import type { CandidateQuery } from '../../candidates/query.ts';
import type { ResourceClassId } from '../../domain/ids.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import type { BodyPiece } from '../incoming.ts';
import { uuidInText } from './json-text.ts';
import { RequestTexts } from './request-texts.ts';
import { type KeptSummaries, resourcesText, traitsText } from './summary-texts.ts';
import { TextPieces } from './text-pieces.ts';

const SHOWS_TRAITS_SINCE = 17;
/** From here on a summary shows all classes of the provider; before, those asked for anywhere in the request. */
const SHOWS_ALL_CLASSES_SINCE = 27;
const SHOWS_TREE_SINCE = 29;

/** The body of `GET /allocation_candidates` at the query's microversion, in pieces. */
export function candidatesText(
  model: ModelReader,
  answer: CandidateAnswer,
  query: CandidateQuery,
  summaries: KeptSummaries,
): readonly BodyPiece[] {
  const pieces = new TextPieces();
  pieces.add('{"allocation_requests":[');
  const requests = new RequestTexts(model, answer.shape, query.version);
  let separator = '';
  for (const request of answer.allocationRequests) {
    pieces.add(separator + requests.text(request));
    separator = ',';
  }
  pieces.add('],"provider_summaries":{');
  const summaryOf = summaryAt(model, query, summaries);
  separator = '';
  for (const provider of answer.summarised) {
    pieces.add(separator + summaryOf(provider));
    separator = ',';
  }
  pieces.add('}}');
  return pieces.end();
}

/** A provider's member of `provider_summaries`. */
function summaryAt(
  model: ModelReader,
  query: CandidateQuery,
  summaries: KeptSummaries,
): (provider: ProviderNumber) => string {
  if (query.version >= SHOWS_TREE_SINCE) return (provider) => summaries.memberText(model, provider);
  const classes = query.version >= SHOWS_ALL_CLASSES_SINCE ? null : requestedClasses(model, query);
  return (provider) => {
    const traits = query.version < SHOWS_TRAITS_SINCE ? '' : `,${traitsText(model, provider)}`;
    return `"${uuidInText(model, provider)}":{${resourcesText(model, provider, classes)}${traits}}`;
  };
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
