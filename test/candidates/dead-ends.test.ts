// Wide trees in which nearly every combination is wrong. Trying them out would take up to 21! steps; each test allows
// so few that it fails at once, instead of hanging, when pruning breaks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WorkBudget } from '../../src/candidates/work-budget.ts';
import { askCandidates, EVERYTHING, modelOf } from './ask.ts';
import { normalAnswer } from './normal-form.ts';
import { type SmallProvider, smallWorld, times } from './small-world.ts';

function groups(count: number, resources = 'VGPU:1'): string {
  return times(count, (index) => ({ name: `resources${index + 1}=${resources}` }))
    .map(({ name }) => name)
    .join('&');
}

function devices(count: number, parent: string, units = 1): SmallProvider[] {
  return times(count, (index) => ({ name: `${parent}-gpu${index}`, parent, has: { VGPU: units } }));
}

const HOST: SmallProvider = { name: 'host', has: { VCPU: 64 } };

/** How many candidates there are, found in no more than so many steps, all different. */
function count(world: readonly SmallProvider[], queryString: string, stepsMax: number, version = '1.39'): number {
  const model = modelOf(smallWorld(world));
  const { query, answer } = askCandidates(model, queryString, version, {
    ...EVERYTHING,
    budget: new WorkBudget(stepsMax),
  });
  const { requests } = normalAnswer(model, query, answer);
  if (query.version >= 34) assert.equal(new Set(requests).size, requests.length);
  return requests.length;
}

for (const policy of ['isolate', 'none']) {
  describe(`one unit each, group_policy=${policy}`, () => {
    const ask = (wanted: number, available: number, more: string, stepsMax: number): number =>
      count([HOST, ...devices(available, 'host')], `${groups(wanted)}&group_policy=${policy}${more}`, stepsMax);

    test('nine groups do not go on eight devices', () => assert.equal(ask(9, 8, '', 100), 0));
    test('forty groups do not go on thirty-nine devices', () => assert.equal(ask(40, 39, '', 1_000), 0));
    test('eight groups on eight devices, the first hundred', () => assert.equal(ask(8, 8, '&limit=100', 5_000), 100));
    test('twenty-one groups on as many devices', () => assert.equal(ask(21, 21, '&limit=1000', 134_000), 1_000));
    test('all of eight factorial, when they are asked for', () => assert.equal(ask(8, 8, '', 2_300_000), 40_320));
    test('without a limit twenty-one factorial is refused', () => {
      assert.throws(() => ask(21, 21, '', 10_000), /search_steps_max/);
    });
  });
}

test('units in use count: devices half used do not take what the empty ones could', () => {
  const used = devices(12, 'host', 4).map((device) => ({ ...device, used: { VGPU: 3 } }));
  assert.equal(count([HOST, ...used], `${groups(8, 'VGPU:2')}&group_policy=none`, 10), 0);
  assert.equal(count([HOST, ...used], `${groups(13, 'VGPU:1')}&group_policy=none`, 100), 0);
});

test('packing that fails by a hair: twelve is four, four, four, or two fives and a loss', () => {
  const fives = groups(8, 'VGPU:5');
  const fours = times(11, (index) => ({ name: `resources_${index}=VGPU:4` })).map(({ name }) => name);
  const world = [HOST, ...devices(7, 'host', 12)];
  assert.equal(count(world, `${fives}&${fours.join('&')}&group_policy=none`, 300_000), 0);
});

test('the unsuffixed group competes for the same devices', () => {
  const world = [HOST, ...devices(8, 'host')];
  assert.equal(count(world, `resources=VGPU:1&${groups(8)}&group_policy=none`, 100), 0);
  assert.equal(count(world, `resources=VGPU:1&${groups(7)}&group_policy=isolate&limit=50`, 5_000), 50);
});

test('below 1.29 all groups must go on one device of the tree', () => {
  const world = [HOST, ...devices(20, 'host', 2)];
  assert.equal(count(world, `${groups(6)}&group_policy=none`, 2_000, '1.28'), 0);
  assert.equal(count(world, `${groups(2)}&group_policy=none`, 2_000, '1.28'), 20);
});

test('required traits that lie on more devices than may be used', () => {
  const traited = devices(12, 'host', 8).map((device, index) => ({
    ...device,
    has: { VGPU: 8, PCI_DEVICE: 8, SRIOV_NET_VF: 8, FPGA: 8 },
    traits: [`CUSTOM_T${index}`],
  }));
  const traits = traited.flatMap((device) => device.traits ?? []);
  const resources = 'resources=VGPU:1,PCI_DEVICE:1,SRIOV_NET_VF:1,FPGA:1';
  assert.equal(count([HOST, ...traited], `${resources}&required=${traits.join()}`, 20_000), 0);
  assert.equal(count([HOST, ...traited], `${resources}&required=${traits.slice(0, 4).join()}`, 20_000), 24);
});

describe('same_subtree', () => {
  const node = (index: number, gpus: number): SmallProvider[] => [
    { name: `node${index}`, parent: 'host', traits: ['HW_NUMA_ROOT'] },
    ...devices(gpus, `node${index}`),
  ];
  const pairs = (wanted: number, gpusEach: number): string =>
    times(wanted, (index) => {
      const gpus = times(gpusEach, (gpu) => ({ name: `_G${index}x${gpu}` })).map(({ name }) => name);
      const resources = gpus.map((suffix) => `resources${suffix}=VGPU:1`).join('&');
      return { name: `required_N${index}=HW_NUMA_ROOT&${resources}&same_subtree=_N${index},${gpus.join()}` };
    })
      .map(({ name }) => name)
      .join('&');

  test('nine pairs of node and device, but only eight nodes have devices', () => {
    const nodes = times(16, () => HOST).flatMap((_, index) => node(index, index < 8 ? 2 : 0));
    assert.equal(count([HOST, ...nodes], `${pairs(9, 1)}&group_policy=isolate`, 1_000), 0);
    assert.equal(count([HOST, ...nodes], `${pairs(8, 1)}&group_policy=isolate&limit=20`, 50_000), 20);
  });

  test('eleven times three devices of one node, and ten nodes of four', () => {
    const nodes = times(10, () => HOST).flatMap((_, index) => node(index, 4));
    assert.equal(count([HOST, ...nodes], `${pairs(11, 3)}&group_policy=none`, 100_000), 0);
    assert.equal(count([HOST, ...nodes], `${pairs(10, 3)}&group_policy=none&limit=20`, 100_000), 20);
  });

  test('a list that cannot be met is not found out once for every way to meet the others', () => {
    // No two nodes are alike, so that it does not help to remember what failed.
    const nodes = times(12, () => HOST).flatMap((_, index) => [
      ...node(index, index + 1),
      ...times(2, (fpga) => ({ name: `node${index}-fpga${fpga}`, parent: `node${index}`, has: { FPGA: 1 } })),
    ]);
    const impossible = times(3, (index) => ({ name: `resources_X${index}=FPGA:1` })).map(({ name }) => name);
    const query = `${pairs(6, 1)}&${impossible.join('&')}&required_Y=HW_NUMA_ROOT&same_subtree=_X0,_X1,_X2,_Y`;
    assert.equal(count([HOST, ...nodes], `${query}&group_policy=isolate`, 5_000), 0);
  });

  test('what one host cannot do, its like cannot either', () => {
    const hosts = times(200, () => HOST).flatMap((_, host) => [
      { name: `host${host}`, has: { VCPU: 8 } },
      ...times(4, (index) => ({ name: `h${host}n${index}`, parent: `host${host}`, traits: ['HW_NUMA_ROOT'] })),
      ...times(16, (index) => ({ name: `h${host}g${index}`, parent: `h${host}n${index % 4}`, has: { VGPU: 1 } })),
    ]);
    assert.equal(count(hosts, `${pairs(5, 3)}&group_policy=none`, 50_000), 0);
  });
});

test('sharing providers alone are not tried again at each of the roots that they serve', () => {
  const shared = times(8, (index) => ({
    name: `storage${index}`,
    has: { DISK_GB: 10 },
    traits: ['MISC_SHARES_VIA_AGGREGATE'],
    aggregates: ['everywhere'],
  }));
  const hosts = times(500, (index) => ({ name: `host${index}`, has: { VCPU: 8 }, aggregates: ['everywhere'] }));
  assert.equal(count([...shared, ...hosts], `${groups(5, 'DISK_GB:10')}&group_policy=isolate`, 175_000), 6_720);
});
