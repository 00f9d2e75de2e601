// Which candidates a limit or a cap leaves, and how many hosts they show (allocation-candidates §5, §10.4).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SearchOptions } from '../../src/candidates/search.ts';
import { askCandidates, EVERYTHING, modelOf } from './ask.ts';
import { type SmallProvider, smallWorld, times } from './small-world.ts';

/** Hosts with so many devices, each of which can serve every group. */
function hosts(count: number, devices: number): SmallProvider[] {
  return times(count, (host) => ({ name: `host${host}` })).flatMap((host) => [
    host,
    ...times(devices, (index) => ({ name: `${host.name}-gpu${index}`, parent: host.name, has: { VGPU: 64 } })),
  ]);
}

/** Host → how many of the candidates are on it. */
function spreadOf(
  world: readonly SmallProvider[],
  queryString: string,
  options: Partial<SearchOptions>,
  version = '1.39',
) {
  const model = modelOf(smallWorld(world));
  const { answer } = askCandidates(model, queryString, version, { ...EVERYTHING, ...options });
  const counts = new Map<string, number>();
  for (const request of answer.allocationRequests) {
    const roots = new Set(request.map((provider) => model.uuid(model.root(provider))));
    for (const root of roots) counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

const SIX_GROUPS = `${times(6, (index) => ({ name: `resources${index + 1}=VGPU:1` }))
  .map(({ name }) => name)
  .join('&')}&group_policy=none`;

describe('a limit alone', () => {
  test('shows every host before any host twice', () => {
    assert.deepEqual(spreadOf(hosts(3, 8), `${SIX_GROUPS}&limit=3`, {}), { host0: 1, host1: 1, host2: 1 });
    assert.deepEqual(spreadOf(hosts(3, 8), `${SIX_GROUPS}&limit=7`, {}), { host0: 3, host1: 2, host2: 2 });
  });

  test('passes over hosts that have nothing more to give', () => {
    const world = [
      ...hosts(1, 1),
      { name: 'lone', has: { VGPU: 1 } },
      ...times(2, (index) => ({ name: `full${index}` })),
    ];
    assert.deepEqual(spreadOf(world, 'resources=VGPU:1&limit=9', {}), { host0: 1, lone: 1 });
  });

  test('does the same under either strategy', () => {
    for (const strategy of ['depth-first', 'breadth-first'] as const) {
      assert.deepEqual(spreadOf(hosts(2, 4), `${SIX_GROUPS}&limit=4`, { strategy }), { host0: 2, host1: 2 });
    }
  });
});

describe('a cap, two hosts of 8^6 candidates each', () => {
  const ask = (strategy: SearchOptions['strategy'], more: string): Record<string, number> =>
    spreadOf(hosts(2, 8), `${SIX_GROUPS}${more}`, { maxCandidates: 1_000, strategy });

  test('depth first knows one host only', () => {
    assert.deepEqual(ask('depth-first', '&limit=100'), { host0: 100 });
    assert.deepEqual(ask('depth-first', ''), { host0: 1_000 });
  });

  test('breadth first knows both', () => {
    assert.deepEqual(ask('breadth-first', '&limit=100'), { host0: 50, host1: 50 });
    assert.deepEqual(ask('breadth-first', ''), { host0: 500, host1: 500 });
  });

  test('that is not reached leaves the choice to the limit', () => {
    const options = { maxCandidates: 1_000, strategy: 'depth-first' } as const;
    assert.deepEqual(spreadOf(hosts(2, 2), `${SIX_GROUPS}&limit=10`, options), { host0: 5, host1: 5 });
  });

  test('counts, below 1.29, candidates that are dropped afterwards', () => {
    const world = [
      { name: 'host' },
      ...times(4, (index) => ({ name: `gpu${index}`, parent: 'host', has: { VGPU: 8, FPGA: 8 } })),
    ];
    const ask = (maxCandidates: number | null): number | undefined =>
      spreadOf(world, 'resources=VGPU:1,FPGA:1', { maxCandidates }, '1.28').host;
    assert.equal(ask(null), 4);
    assert.equal(ask(16), 4);
    assert.equal(ask(4), 1);
  });
});

test('randomisation takes every candidate about equally often', () => {
  // A fixed sequence of numbers (a full-period congruential generator), so that the counts are always the same.
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const model = modelOf(smallWorld(times(10, (index) => ({ name: `host${index}`, has: { VCPU: 1 } }))));
  const counts = new Map<string, number>();
  const first = new Map<string, number>();
  for (let round = 0; round < 2_000; round++) {
    const { answer } = askCandidates(model, 'resources=VCPU:1&limit=3', '1.39', { ...EVERYTHING, random });
    const names = [...answer.allocationRequests].map((request) => request.map((provider) => model.uuid(provider))[0]);
    assert.equal(new Set(names).size, 3);
    for (const name of names) counts.set(name ?? '', (counts.get(name ?? '') ?? 0) + 1);
    first.set(names[0] ?? '', (first.get(names[0] ?? '') ?? 0) + 1);
  }
  // 600 and 200 are expected; 100 and 70 are about five standard deviations.
  for (const count of counts.values()) assert.ok(Math.abs(count - 600) < 100, `${count} of 600`);
  for (const count of first.values()) assert.ok(Math.abs(count - 200) < 70, `${count} of 200`);
  assert.equal(counts.size, 10);
});

test('the same request on the same state has the same answer', () => {
  const model = modelOf(smallWorld(hosts(5, 5)));
  const ask = () => askCandidates(model, `${SIX_GROUPS}&limit=50`, '1.39').answer;
  assert.deepEqual(ask(), ask());
});
