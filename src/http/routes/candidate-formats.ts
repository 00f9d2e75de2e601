// The answer of a candidate search as JSON text, by microversion (http-api §13.5, allocation-candidates §4). Written by
// hand: answers reach many megabytes, and suffixes of request groups are keys that clients choose.

import type { AllocationRequest, CandidateAnswer } from '../../candidates/answer.ts';
import type { CandidateQuery } from '../../candidates/query.ts';
import type { ResourceClassId } from '../../domain/ids.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { integerText, objectText } from './json-text.ts';
import { type KeptSummaries, resourcesText, traitsText } from './summary-texts.ts';

/** From here on `allocations` is an object by provider; before, a list. */
const OBJECT_FORM_SINCE = 12;
const SHOWS_TRAITS_SINCE = 17;
/** From here on a summary shows all classes of the provider; before, those asked for anywhere in the request. */
const SHOWS_ALL_CLASSES_SINCE = 27;
const SHOWS_TREE_SINCE = 29;
const SHOWS_MAPPINGS_SINCE = 34;

/** The body of `GET /allocation_candidates` at the query's microversion. */
export function candidatesText(
  model: ModelReader,
  answer: CandidateAnswer,
  query: CandidateQuery,
  summaries: KeptSummaries,
): string {
  const quoted = quotedNames(model);
  const requests = answer.allocationRequests.map((request) => requestText(request, query, quoted));
  const classes = query.version >= SHOWS_ALL_CLASSES_SINCE ? null : requestedClasses(model, query);
  const summarised = answer.summarised.map(
    (provider) => `${quoted.uuid(provider)}:${summaryText(model, provider, query, classes, quoted, summaries)}`,
  );
  return `{"allocation_requests":[${requests.join(',')}],"provider_summaries":{${summarised.join(',')}}}`;
}

/** UUIDs and class names as JSON text, each made once per answer: a candidate names them again and again. */
interface QuotedNames {
  uuid(provider: ProviderNumber): string;
  resourceClass(id: ResourceClassId): string;
}

function quotedNames(model: ModelReader): QuotedNames {
  const uuids = new Map<ProviderNumber, string>();
  const classes = new Map<ResourceClassId, string>();
  return {
    uuid: (provider) => remembered(uuids, provider, () => JSON.stringify(model.uuid(provider))),
    resourceClass: (id) => remembered(classes, id, () => JSON.stringify(model.resourceClassName(id))),
  };
}

function remembered<Key>(texts: Map<Key, string>, key: Key, make: () => string): string {
  let text = texts.get(key);
  if (text === undefined) {
    text = make();
    texts.set(key, text);
  }
  return text;
}

function requestText(request: AllocationRequest, query: CandidateQuery, quoted: QuotedNames): string {
  const resources = resourcesByProvider(request, quoted);
  const allocations = query.version >= OBJECT_FORM_SINCE ? objectForm(resources, quoted) : listForm(resources, quoted);
  const mappings = query.version >= SHOWS_MAPPINGS_SINCE ? `,"mappings":${mappingsText(request, quoted)}` : '';
  return `{"allocations":${allocations}${mappings}}`;
}

/** Provider → the members of its `resources`, providers in order of first appearance. */
function resourcesByProvider(request: AllocationRequest, quoted: QuotedNames): Map<ProviderNumber, string> {
  const resources = new Map<ProviderNumber, string>();
  for (const { provider, resourceClassId, amount } of request.allocations) {
    const member = `${quoted.resourceClass(resourceClassId)}:${integerText(amount)}`;
    const before = resources.get(provider);
    resources.set(provider, before === undefined ? member : `${before},${member}`);
  }
  return resources;
}

function objectForm(resources: Map<ProviderNumber, string>, quoted: QuotedNames): string {
  const members: string[] = [];
  for (const [provider, text] of resources) members.push(`${quoted.uuid(provider)}:{"resources":{${text}}}`);
  return `{${members.join(',')}}`;
}

function listForm(resources: Map<ProviderNumber, string>, quoted: QuotedNames): string {
  const items: string[] = [];
  for (const [provider, text] of resources) {
    items.push(`{"resource_provider":{"uuid":${quoted.uuid(provider)}},"resources":{${text}}}`);
  }
  return `[${items.join(',')}]`;
}

function mappingsText(request: AllocationRequest, quoted: QuotedNames): string {
  return objectText(
    request.mappings.map(({ suffix, providers }) => [suffix, `[${providers.map(quoted.uuid).join(',')}]`]),
  );
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

function summaryText(
  model: ModelReader,
  provider: ProviderNumber,
  query: CandidateQuery,
  classes: ReadonlySet<ResourceClassId> | null,
  quoted: QuotedNames,
  summaries: KeptSummaries,
): string {
  if (classes !== null) return `{${narrowText(model, provider, query, classes)}}`;
  const whole = summaries.wholeText(model, provider);
  if (query.version < SHOWS_TREE_SINCE) return `{${whole}}`;
  const parent = model.parent(provider);
  return (
    `{${whole},"parent_provider_uuid":${parent === undefined ? 'null' : quoted.uuid(parent)},` +
    `"root_provider_uuid":${quoted.uuid(model.root(provider))}}`
  );
}

/** Below 1.27: resources cut down to what was asked for. */
function narrowText(
  model: ModelReader,
  provider: ProviderNumber,
  query: CandidateQuery,
  classes: ReadonlySet<ResourceClassId>,
): string {
  const resources = resourcesText(model, provider, classes);
  return query.version < SHOWS_TRAITS_SINCE ? resources : `${resources},${traitsText(model, provider)}`;
}
