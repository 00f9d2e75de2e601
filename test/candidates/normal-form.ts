// Answers in the form of the example data: allocation requests in dict form whatever the microversion, everything that
// has no order sorted (allocation-candidates, "Data files").

import { spelledOut } from '../../src/candidates/allocation-request.ts';
import type { CandidateAnswer } from '../../src/candidates/answer.ts';
import type { CandidateQuery } from '../../src/candidates/query.ts';
import { capacity } from '../../src/domain/inventory.ts';
import type { ModelReader, ProviderNumber } from '../../src/model/reader.ts';

/** Allocation requests as sorted JSON texts, and summaries by uuid. */
export interface NormalAnswer {
  readonly requests: readonly string[];
  readonly summaries: Record<string, unknown>;
}

export function normalAnswer(model: ModelReader, query: CandidateQuery, answer: CandidateAnswer): NormalAnswer {
  const requests = [...answer.allocationRequests].map((request) => {
    const { allocations, mappings } = spelledOut(answer.shape, request);
    const byProvider: Record<string, { resources: Record<string, number> }> = {};
    for (const { provider, resourceClassId, amount } of allocations) {
      byProvider[model.uuid(provider)] ??= { resources: {} };
      const resources = byProvider[model.uuid(provider)]?.resources ?? {};
      const name = model.resourceClassName(resourceClassId);
      if (name in resources) throw new Error(`${name} is allocated twice on one provider`);
      resources[name] = amount;
    }
    const shown: Record<string, unknown> = { allocations: byProvider };
    if (query.version >= 34) {
      shown.mappings = Object.fromEntries(
        mappings.map(({ suffix, providers }) => [suffix, providers.map((provider) => model.uuid(provider)).sort()]),
      );
    }
    return sortedJson(shown);
  });
  const summaries: Record<string, unknown> = {};
  for (const provider of answer.summarised) {
    if (model.uuid(provider) in summaries) throw new Error('a provider is summarised twice');
    summaries[model.uuid(provider)] = summary(model, query, provider);
  }
  return { requests: requests.sort(), summaries };
}

/** The recorded `expected` of an example in the same form. */
export function normalExpected(expected: {
  readonly allocation_requests: readonly unknown[];
  readonly provider_summaries: Record<string, unknown>;
}): NormalAnswer {
  return { requests: expected.allocation_requests.map(sortedJson).sort(), summaries: expected.provider_summaries };
}

/** JSON with the names of all objects sorted, so that equal values have equal text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function summary(model: ModelReader, query: CandidateQuery, provider: ProviderNumber): unknown {
  const requested = new Set(query.groups.flatMap(({ resources }) => resources.map((r) => r.resourceClass)));
  const resources: Record<string, unknown> = {};
  for (const inventory of model.inventories(provider)) {
    const name = model.resourceClassName(inventory.resourceClassId);
    if (query.version < 27 && !requested.has(name)) continue;
    resources[name] = { capacity: capacity(inventory), used: inventory.used };
  }
  const shown: Record<string, unknown> = { resources };
  if (query.version >= 17) shown.traits = [...model.traitNames(provider)].sort();
  if (query.version >= 29) {
    const parent = model.parent(provider);
    shown.parent_provider_uuid = parent === undefined ? null : model.uuid(parent);
    shown.root_provider_uuid = model.uuid(model.root(provider));
  }
  return shown;
}
