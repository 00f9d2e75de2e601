// A node is lost in the middle of writes, by death and by a cut cable. Its Berth says so and comes back by itself; the
// others go on; what was acknowledged is there, and nobody is shown the past.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { isExcused, Ledger } from '../faults/ledger.ts';
import { Traffic } from '../faults/traffic.ts';
import type { Client } from '../support/client.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import { claim, makeProvider } from '../support/world.ts';
import { CrossReads } from './cross-reads.ts';
import { startThreeNodes, type ThreeNodes } from './three-nodes.ts';

const skip = skipWithout('galera');
const DEADLINE_S = 4;
/** On each node. */
const CLIENTS = 4;
const PROGRESS = 20;
/** Beside the long one: what matters is the moment at which each side learns of it. */
const QUICK_CUTS = 2;

describe('three Berths on three Galera nodes, one of which is lost', { skip, timeout: 240_000 }, () => {
  let nodes: ThreeNodes;

  before(async () => {
    nodes = await startThreeNodes(DEADLINE_S);
  });
  after(() => nodes.stop());

  /** Traffic through all nodes around what happens to one of them; the books are audited afterwards. */
  const amidTraffic = async (
    t: TestContext,
    lost: number,
    story: (others: () => Promise<unknown>) => Promise<void>,
  ) => {
    const provider = await makeProvider(nodes.client(lost), { VCPU: 1000 });
    const ledger = await Ledger.open(nodes.client(0), 4);
    const traffics = nodes.clients.map((client) => new Traffic(client, ledger, CLIENTS));
    const crossReads = new CrossReads(nodes.client(lost + 1), nodes.client(lost));
    const allGoOn = () => Promise.all(traffics.map((traffic) => traffic.progress(PROGRESS)));
    const othersGoOn = () =>
      Promise.all(traffics.filter((_, index) => index !== lost).map((traffic) => traffic.progress(PROGRESS)));

    await allGoOn();
    await story(async () => {
      await assertRefused(nodes.client(lost), provider);
      await othersGoOn();
      assert.ok(crossReads.refused > 0, 'reads through the lost node are refused');
    });
    await allGoOn();

    const crossed = await crossReads.stop();
    const reports = await Promise.all(traffics.map((traffic) => traffic.stop()));
    const settled = await ledger.settle(nodes.client(0));
    for (const client of nodes.clients) await ledger.settle(client);
    const slowestMs = Math.max(...reports.map((report) => report.slowestMs));
    t.diagnostic(JSON.stringify({ ...ledger.verdicts, ...settled, crossReads: crossed, slowestMs }));
    await nodes.assertClean();
  };

  test('a node that is killed: its Berth answers 503 and recovers, the others go on', async (t) => {
    await amidTraffic(t, 2, async (othersGoOn) => {
      await nodes.cluster.killNode(2);
      await othersGoOn();
      await nodes.cluster.rejoinNode(2);
    });
  });

  test('a node that is cut off: its Berth answers 503, to reads too, until it has caught up', async (t) => {
    await amidTraffic(t, 0, async (othersGoOn) => {
      for (let cut = 0; cut < QUICK_CUTS; cut += 1) {
        await nodes.cluster.isolate(0);
        await nodes.cluster.heal(0);
      }
      await nodes.cluster.isolate(0);
      await othersGoOn();
      await nodes.cluster.heal(0);
    });
  });
});

/** Nothing that needs the database is answered but by 503: neither a write nor a read, from the model or past it. */
async function assertRefused(client: Client, provider: string): Promise<void> {
  const replies = await Promise.all([
    claim(client, { [provider]: { VCPU: 1 } }),
    client.get(`/resource_providers/${provider}`),
    client.get(`/resource_providers/${provider}/usages`),
    client.get('/resource_providers?resources=VCPU:1'),
    client.get('/allocation_candidates?resources=VCPU:1&limit=1'),
  ]);
  for (const reply of replies) assert.ok(isExcused(reply), `${reply.status}: ${JSON.stringify(reply.body)}`);
  assert.equal((await client.get('/')).status, 200);
}
