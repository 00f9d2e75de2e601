// Remembering states without candidates, under names that like states share, must never lose a candidate: the search
// with the longest memory against the search without any, where nearly everything is a dead end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { candidatesByAnchor } from '../../src/candidates/candidates-by-anchor.ts';
import { DeadEnds } from '../../src/candidates/dead-ends.ts';
import { parseCandidateQuery } from '../../src/candidates/parse-candidate-query.ts';
import type { CandidateQuery, RequestGroup } from '../../src/candidates/query.ts';
import { RequestList } from '../../src/candidates/request-list.ts';
import { resolveQuery } from '../../src/candidates/resolve-query.ts';
import { planSearch } from '../../src/candidates/search-plan.ts';
import { WorkBudget } from '../../src/candidates/work-budget.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { decodeQuery } from '../../src/http/validation/decode-query.ts';
import type { Model } from '../../src/model/model.ts';
import { often } from './arbitrary.ts';
import { modelOf } from './ask.ts';
import { sortedJson } from './normal-form.ts';
import { type SmallProvider, smallWorld, times } from './small-world.ts';

const seed = Number(process.env.SYMMETRY_PROPERTY_SEED ?? Date.now() % 2 ** 31);

const CLASSES = ['VGPU', 'FPGA'] as const;

const device = fc.record({ VGPU: fc.constantFrom(0, 1, 1, 2, 3), FPGA: fc.constantFrom(0, 0, 1, 2) });
const node = fc.record({
  isTraited: fc.boolean(),
  devices: fc.array(device, { minLength: 1, maxLength: 3, size: 'max' }),
});
const host = fc.array(node, { minLength: 1, maxLength: 3, size: 'max' });

/** Two or three hosts of nodes of devices. */
const world = fc.array(host, { minLength: 1, maxLength: 3 }).map((hosts) => [
  // So that the traits are known even where no device has them.
  { name: 'aside', traits: ['CUSTOM_T1', 'CUSTOM_T2'] },
  ...hosts.flatMap((nodes, h): SmallProvider[] => [
    { name: `h${h}` },
    ...nodes.flatMap(({ isTraited, devices }, n): SmallProvider[] => [
      { name: `h${h}n${n}`, parent: `h${h}`, traits: isTraited ? ['HW_NUMA_ROOT'] : [] },
      ...devices.map(({ VGPU, FPGA }, d) => ({
        name: `h${h}n${n}d${d}`,
        parent: `h${h}n${n}`,
        has: { ...(VGPU > 0 ? { VGPU } : {}), ...(FPGA > 0 ? { FPGA } : {}) },
        traits: d % 2 === 0 ? ['CUSTOM_T1'] : ['CUSTOM_T2'],
      })),
    ]),
  ]),
]);

const FREE = { traits: { anyOf: [], forbidden: [] }, aggregates: { anyOf: [], forbidden: [] }, inTree: null };

const asked = fc.tuple(fc.constantFrom(...CLASSES), fc.constantFrom(1, 1, 2));
const query = fc
  .record({
    groups: fc.array(asked, { minLength: 2, maxLength: 4, size: 'max' }),
    unsuffixed: fc.boolean(),
    hasNode: fc.boolean(),
    lists: fc.array(fc.subarray(['1', '2', '3', '4', 'N'], { minLength: 2, maxLength: 3 }), { maxLength: 2 }),
    groupPolicy: fc.constantFrom<CandidateQuery['groupPolicy'][]>('none', 'isolate'),
    isLate: often(4, fc.constant(true)),
  })
  .map(({ groups, unsuffixed, hasNode, lists, groupPolicy, isLate }): CandidateQuery => {
    const all: RequestGroup[] = groups.map(([resourceClass, amount], index) => ({
      ...FREE,
      suffix: String(index + 1),
      resources: [{ resourceClass, amount }],
    }));
    if (hasNode) {
      all.push({ ...FREE, suffix: 'N', resources: [], traits: { anyOf: [['HW_NUMA_ROOT']], forbidden: [] } });
    }
    if (unsuffixed) {
      const resources = CLASSES.map((resourceClass) => ({ resourceClass, amount: 1 }));
      all.push({ ...FREE, suffix: '', resources, traits: { anyOf: [['CUSTOM_T1'], ['CUSTOM_T2']], forbidden: [] } });
    }
    const sameSubtree = lists
      .map((list) => list.filter((suffix) => all.some((group) => group.suffix === suffix)))
      .filter(({ length }) => length > 1);
    const version = microversion(isLate === null ? 28 : 39);
    return { version, groups: all, groupPolicy, rootRequired: null, sameSubtree, limit: null };
  });

function candidates(model: Model, query: CandidateQuery, stepsWorthRemembering: number): string[] {
  const resolved = resolveQuery(model, query, () => true);
  const plan = resolved === null ? null : planSearch(model, resolved);
  if (plan === null) return [];
  const deadEnds = new DeadEnds(new WorkBudget(Number.POSITIVE_INFINITY), stepsWorthRemembering);
  const found = new RequestList(plan.variables.length);
  for (const anchor of candidatesByAnchor(plan, deadEnds)) while (anchor.next()) found.add(anchor);
  return [...found].map(sortedJson).sort();
}

test(`a long memory loses no candidate (SYMMETRY_PROPERTY_SEED=${seed})`, () => {
  fc.assert(
    fc.property(world, query, (providers, query) => {
      const model = modelOf(smallWorld(providers));
      assert.deepEqual(candidates(model, query, 0), candidates(model, query, Number.POSITIVE_INFINITY));
    }),
    { numRuns: Number(process.env.SYMMETRY_PROPERTY_RUNS ?? 1_000), seed },
  );
});

/** The candidates on two hosts, the second of which can serve what the first, much like it, cannot. */
function onBoth(world: readonly SmallProvider[], queryString: string): number {
  const model = modelOf(smallWorld(world));
  return candidates(model, parseCandidateQuery(decodeQuery(queryString), microversion(39)), 0).length;
}

test('as many devices below other nodes are something else', () => {
  const host = (name: string, devices: readonly number[]): SmallProvider[] => [
    { name },
    ...devices.flatMap((count, node) => [
      { name: `${name}n${node}`, parent: name, traits: ['HW_NUMA_ROOT'] },
      ...times(count, (index) => ({ name: `${name}n${node}d${index}`, parent: `${name}n${node}`, has: { VGPU: 1 } })),
    ]),
  ];
  const query =
    'required_N=HW_NUMA_ROOT&resources1=VGPU:1&resources2=VGPU:1&resources3=VGPU:1&same_subtree=_N,1,2,3' +
    '&group_policy=isolate';
  assert.equal(onBoth([...host('a', [2, 2]), ...host('b', [3, 1])], query), 6);
});

test('devices with other traits are something else while traits are wanted', () => {
  const host = (name: string, traits: readonly string[][]): SmallProvider[] => [
    { name },
    ...traits.map((own, index) => ({ name: `${name}d${index}`, parent: name, has: { VGPU: 1, FPGA: 1 }, traits: own })),
  ];
  const a = host('a', [['CUSTOM_T1'], ['CUSTOM_T2'], ['CUSTOM_T3']]);
  const b = host('b', [['CUSTOM_T1', 'CUSTOM_T2'], ['CUSTOM_T2'], ['CUSTOM_T3']]);
  assert.equal(onBoth([...a, ...b], 'resources=VGPU:1,FPGA:1&required=CUSTOM_T1,CUSTOM_T2,CUSTOM_T3'), 2);
});

test('devices with other room are something else', () => {
  const host = (name: string, units: readonly number[]): SmallProvider[] => [
    { name },
    ...units.map((VGPU, index) => ({ name: `${name}d${index}`, parent: name, has: { VGPU } })),
  ];
  const groups = [5, 5, 5, 5, 4, 4, 4, 4].map((amount, index) => `resources${index + 1}=VGPU:${amount}`);
  // All 36 units are wanted: twelve cannot be made with a five, ten is two fives, sixteen is four fours.
  const world = [...host('a', [12, 12, 12]), ...host('b', [10, 10, 16])];
  assert.equal(onBoth(world, `${groups.join('&')}&group_policy=none`), 6);
});
