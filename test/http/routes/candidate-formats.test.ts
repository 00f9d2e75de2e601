// http-api §13.5 and §13.7: one answer, as every range of microversions shows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandidateAnswer } from '../../../src/candidates/answer.ts';
import type { CandidateQuery, RequestGroup } from '../../../src/candidates/query.ts';
import { RequestList } from '../../../src/candidates/request-list.ts';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { type CandidateTexts, candidatesText, candidateTexts } from '../../../src/http/routes/candidate-formats.ts';
import { type ModelReader, providerNumber } from '../../../src/model/reader.ts';
import { piecesText } from './routes-service.ts';
import { COMPUTE, classId, NETWORK, STORAGE, smallWorld } from './small-world.ts';

const compute = providerNumber(0);
const storage = providerNumber(1);
const network = providerNumber(2);

const one = (resourceClass: string, amount: number) => ({ resourceClassId: classId(resourceClass), amount });

/** The second part of the unsuffixed group takes the storage; everything else the host, memory for two groups. */
const ANSWER: CandidateAnswer = {
  shape: {
    suffixes: ['', '_NET'],
    parts: [
      { group: 0, amounts: [one('VCPU', 1)] },
      { group: 0, amounts: [one('DISK_GB', 10)] },
      { group: 0, amounts: [one('MEMORY_MB', 60)] },
      { group: 1, amounts: [one('MEMORY_MB', 4)] },
    ],
  },
  allocationRequests: RequestList.of(4, [[compute, storage, compute, compute]]),
  summarised: [compute, storage, network],
};

function group(suffix: string, resourceClasses: readonly string[]): RequestGroup {
  return {
    suffix,
    resources: resourceClasses.map((resourceClass) => ({ resourceClass, amount: 1 })),
    traits: { anyOf: [], forbidden: [] },
    aggregates: { anyOf: [], forbidden: [] },
    inTree: null,
  };
}

function queryAt(minor: number, ...groups: readonly RequestGroup[]): CandidateQuery {
  return {
    version: microversion(minor),
    groups,
    groupPolicy: null,
    rootRequired: null,
    sameSubtree: [],
    limit: null,
  };
}

function textOf(
  model: ModelReader,
  answer: CandidateAnswer,
  query: CandidateQuery,
  texts: CandidateTexts = candidateTexts(),
): string {
  return piecesText(candidatesText(model, answer, query, texts).pieces);
}

function shownAt(minor: number, ...groups: readonly RequestGroup[]) {
  return JSON.parse(textOf(smallWorld, ANSWER, queryAt(minor, ...groups)));
}

const NOTHING: CandidateAnswer = {
  shape: { suffixes: [], parts: [] },
  allocationRequests: RequestList.of(0, []),
  summarised: [],
};
const ASKED = [group('', ['VCPU', 'DISK_GB'])];

for (let minor = 10; minor <= MINOR_MAX; minor += 1) {
  test(`at 1.${minor} allocation requests and summaries have their members, and no others`, () => {
    const { allocation_requests: requests, provider_summaries: summaries } = shownAt(minor, ...ASKED);

    const asList = [
      { resource_provider: { uuid: COMPUTE }, resources: { VCPU: 1, MEMORY_MB: 64 } },
      { resource_provider: { uuid: STORAGE }, resources: { DISK_GB: 10 } },
    ];
    const byProvider = {
      [COMPUTE]: { resources: { VCPU: 1, MEMORY_MB: 64 } },
      [STORAGE]: { resources: { DISK_GB: 10 } },
    };
    assert.deepEqual(requests, [
      {
        allocations: minor < 12 ? asList : byProvider,
        ...(minor >= 34 ? { mappings: { '': [COMPUTE, STORAGE], _NET: [COMPUTE] } } : {}),
      },
    ]);

    const all = minor >= 27;
    const summary = (resources: object, traits: string[], parent: string | null, root: string) => ({
      resources,
      ...(minor >= 17 ? { traits } : {}),
      ...(minor >= 29 ? { parent_provider_uuid: parent, root_provider_uuid: root } : {}),
    });
    const vcpu = { VCPU: { capacity: 8, used: 1 } };
    assert.deepEqual(summaries, {
      [COMPUTE]: summary(
        all ? { ...vcpu, MEMORY_MB: { capacity: 2000, used: 0 } } : vcpu,
        ['HW_CPU_X86_SSE', 'CUSTOM_A'],
        null,
        COMPUTE,
      ),
      [STORAGE]: summary({ DISK_GB: { capacity: 99, used: 0 } }, ['MISC_SHARES_VIA_AGGREGATE'], null, STORAGE),
      [NETWORK]: summary(all ? { SRIOV_NET_VF: { capacity: 8, used: 0 } } : {}, [], COMPUTE, COMPUTE),
    });
  });
}

test('below 1.27 the classes of any group are shown', () => {
  const { provider_summaries: summaries } = shownAt(26, group('', ['DISK_GB']), group('1', ['SRIOV_NET_VF']));
  assert.deepEqual(
    [COMPUTE, STORAGE, NETWORK].map((uuid) => Object.keys(summaries[uuid].resources)),
    [[], ['DISK_GB'], ['SRIOV_NET_VF']],
  );
});

test('finding nothing shows nothing', () => {
  for (const minor of [10, 12, 29, 39]) {
    const nothing = textOf(smallWorld, NOTHING, queryAt(minor, ...ASKED));
    assert.equal(nothing, '{"allocation_requests":[],"provider_summaries":{}}');
  }
});

test('suffixes are members whatever they look like, in the order of the groups', () => {
  const suffixes = ['b', '10', '__proto__', 'constructor', '2', '-a', ''];
  const answer: CandidateAnswer = {
    shape: { suffixes, parts: suffixes.map((_, group) => ({ group, amounts: [] })) },
    allocationRequests: RequestList.of(suffixes.length, [suffixes.map(() => network)]),
    summarised: [],
  };
  const text = textOf(smallWorld, answer, queryAt(39));
  const members = suffixes.map((suffix) => `"${suffix}":["${NETWORK}"]`).join(',');
  assert.ok(text.includes(`"mappings":{${members}}`), text);
  assert.deepEqual(Object.keys(JSON.parse(text).allocation_requests[0].mappings).sort(), [...suffixes].sort());
});

test('a summary is kept until its provider changes', () => {
  const texts = candidateTexts();
  const shown = (model: ModelReader) =>
    JSON.parse(textOf(model, ANSWER, queryAt(39), texts)).provider_summaries[NETWORK].traits;
  const tagged = (revision: number, ...traits: readonly string[]): ModelReader => ({
    ...smallWorld,
    revision: () => revision,
    traitNames: () => traits,
  });

  assert.deepEqual(shown(tagged(1, 'CUSTOM_A')), ['CUSTOM_A']);
  assert.deepEqual(shown(tagged(1, 'CUSTOM_B')), ['CUSTOM_A'], 'the revision says that nothing changed');
  assert.deepEqual(shown(tagged(2, 'CUSTOM_B')), ['CUSTOM_B']);
});
