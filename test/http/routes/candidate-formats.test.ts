// http-api §13.5 and §13.7: one answer, as every range of microversions shows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandidateAnswer } from '../../../src/candidates/answer.ts';
import type { CandidateQuery, RequestGroup } from '../../../src/candidates/query.ts';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { candidatesText } from '../../../src/http/routes/candidate-formats.ts';
import { keptSummaries } from '../../../src/http/routes/summary-texts.ts';
import { type ModelReader, providerNumber } from '../../../src/model/reader.ts';
import { COMPUTE, classId, NETWORK, STORAGE, smallWorld } from './small-world.ts';

const compute = providerNumber(0);
const storage = providerNumber(1);
const network = providerNumber(2);

const ANSWER: CandidateAnswer = {
  allocationRequests: [
    {
      allocations: [
        { provider: compute, resourceClassId: classId('VCPU'), amount: 1 },
        { provider: storage, resourceClassId: classId('DISK_GB'), amount: 10 },
        { provider: compute, resourceClassId: classId('MEMORY_MB'), amount: 64 },
      ],
      mappings: [
        { suffix: '', providers: [compute, storage] },
        { suffix: '_NET', providers: [compute] },
      ],
    },
  ],
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

function shownAt(minor: number, ...groups: readonly RequestGroup[]) {
  return JSON.parse(candidatesText(smallWorld, ANSWER, queryAt(minor, ...groups), keptSummaries()));
}

const NOTHING: CandidateAnswer = { allocationRequests: [], summarised: [] };
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
    const nothing = candidatesText(smallWorld, NOTHING, queryAt(minor, ...ASKED), keptSummaries());
    assert.equal(nothing, '{"allocation_requests":[],"provider_summaries":{}}');
  }
});

test('suffixes are members whatever they look like, in the order of the groups', () => {
  const suffixes = ['b', '10', '__proto__', 'constructor', '2', '-a', ''];
  const answer: CandidateAnswer = {
    allocationRequests: [{ allocations: [], mappings: suffixes.map((suffix) => ({ suffix, providers: [network] })) }],
    summarised: [],
  };
  const text = candidatesText(smallWorld, answer, queryAt(39), keptSummaries());
  const members = suffixes.map((suffix) => `"${suffix}":["${NETWORK}"]`).join(',');
  assert.ok(text.includes(`"mappings":{${members}}`), text);
  assert.deepEqual(Object.keys(JSON.parse(text).allocation_requests[0].mappings).sort(), [...suffixes].sort());
});

test('a summary is kept until its provider changes', () => {
  const summaries = keptSummaries();
  const shown = (model: ModelReader) =>
    JSON.parse(candidatesText(model, ANSWER, queryAt(39), summaries)).provider_summaries[NETWORK].traits;
  const tagged = (revision: number, ...traits: readonly string[]): ModelReader => ({
    ...smallWorld,
    revision: () => revision,
    traitNames: () => traits,
  });

  assert.deepEqual(shown(tagged(1, 'CUSTOM_A')), ['CUSTOM_A']);
  assert.deepEqual(shown(tagged(1, 'CUSTOM_B')), ['CUSTOM_A'], 'the revision says that nothing changed');
  assert.deepEqual(shown(tagged(2, 'CUSTOM_B')), ['CUSTOM_B']);
});
