// Anchors that look alike are searched once, and each still has its own candidates, all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCandidates, modelOf } from './ask.ts';
import { type SmallProvider, smallWorld, times } from './small-world.ts';

interface Host {
  readonly devices: number;
  /** Devices in use. */
  readonly used?: number;
}

function hosts(all: readonly Host[]): SmallProvider[] {
  return all.flatMap(({ devices, used = 0 }, host) => [
    { name: `host${host}` },
    ...times(devices, (index) => ({
      name: `host${host}-gpu${index}`,
      parent: `host${host}`,
      has: { VGPU: 1 },
      used: { VGPU: index < used ? 1 : 0 },
    })),
  ]);
}

/** Host → its candidates. Fails when one is told twice, or takes devices of another host. */
function countByHost(
  world: readonly SmallProvider[],
  groups: number,
  limit = '',
  policy: 'isolate' | 'none' = 'isolate',
): Record<string, number> {
  const model = modelOf(smallWorld(world));
  const query = times(groups, (index) => ({ name: `resources${index + 1}=VGPU:1` }))
    .map(({ name }) => name)
    .join('&');
  const { answer } = askCandidates(model, `${query}&group_policy=${policy}${limit}`, '1.39');
  const counts: Record<string, number> = {};
  const seen = new Set<string>();
  for (const request of answer.allocationRequests) {
    const names = request.map((provider) => model.name(provider));
    assert.ok(!seen.has(names.join()), `${names} comes twice`);
    seen.add(names.join());
    const [host = '', ...others] = new Set(request.map((provider) => model.name(model.root(provider))));
    assert.deepEqual(others, []);
    counts[host] = (counts[host] ?? 0) + 1;
  }
  return counts;
}

const ALIKE = [{ devices: 4 }, { devices: 4 }, { devices: 4, used: 1 }, { devices: 3 }, { devices: 4, used: 3 }];

test('hosts that are alike, and others among them, have each their own', () => {
  assert.deepEqual(countByHost(hosts(ALIKE), 2), { host0: 12, host1: 12, host2: 6, host3: 6 });
});

test('devices that have less room are not alike', () => {
  const world = [1, 0].flatMap((used, host) => [
    { name: `host${host}` },
    { name: `host${host}-gpu`, parent: `host${host}`, has: { VGPU: 2 }, used: { VGPU: used } },
    { name: `host${host}-spare`, parent: `host${host}`, has: { VGPU: 2 }, used: { VGPU: 0 } },
  ]);
  // Two groups on two devices, four ways; where one has room for a group alone, three.
  assert.deepEqual(countByHost(world, 2, '', 'none'), { host0: 3, host1: 4 });
});

test('in turns as well', () => {
  assert.deepEqual(countByHost(hosts(ALIKE), 2, '&limit=30'), { host0: 9, host1: 9, host2: 6, host3: 6 });
});

test('more candidates than are remembered', () => {
  const seven = [{ devices: 7 }, { devices: 7 }];
  assert.deepEqual(countByHost(hosts(seven), 6), { host0: 5_040, host1: 5_040 });
  assert.deepEqual(countByHost(hosts(seven), 6, '&limit=9000'), { host0: 4_500, host1: 4_500 });
});

test('more kinds of hosts than are remembered', () => {
  const all = Array.from({ length: 90 }, (_, index) => ({ devices: 2 + (index % 80) }));
  const counts = countByHost(hosts(all), 1);
  assert.deepEqual(
    Object.values(counts),
    all.map(({ devices }) => devices),
  );
});
