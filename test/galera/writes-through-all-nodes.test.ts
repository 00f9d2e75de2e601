// P1 to P4 on a healthy cluster that is written through all its nodes: the stories of test/service, told by three Berths that
// have only the replication of their databases in common.
//
// BERTH_ROUNDS sets how often the last unit is raced for (100 by default).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { REVISIONS } from '../../src/store/migrations/placement-chain/index.ts';
import { BEFORE_CONSUMER_TYPES, olderDatabase, revisionOf } from '../store/placement-database.ts';
import { runBerth } from '../support/berth-process.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import { tellRaceStories } from '../support/race-stories.ts';
import { tellSharedDatabaseStories } from '../support/shared-database-stories.ts';
import { assertClean } from '../support/world.ts';
import { startThreeNodes, type ThreeNodes } from './three-nodes.ts';

const skip = skipWithout('galera');
const ROUNDS = Number(process.env.BERTH_ROUNDS ?? 100);
const READ_ROUNDS = 1_000;
/** Long: this is about what is answered, on a machine that runs three database servers and more. */
const DEADLINE_S = 30;

describe('three Berths on three Galera nodes', { skip, timeout: 240_000 }, () => {
  let nodes: ThreeNodes;

  before(async () => {
    // The Berths start at once on an empty database: each makes the schema on its own node.
    nodes = await startThreeNodes(DEADLINE_S);
  });
  after(async () => {
    try {
      await nodes.assertClean();
    } finally {
      await nodes.stop();
    }
  });

  tellRaceStories((index) => nodes.client(index));
  tellSharedDatabaseStories({
    kind: 'galera',
    rounds: ROUNDS,
    readRounds: READ_ROUNDS,
    clients: () => nodes.clients,
  });

  test('three that start at once on an older schema bring it to the newest revision together', async () => {
    const { cluster } = nodes;
    const name = await olderDatabase(cluster.node(0), BEFORE_CONSUMER_TYPES);
    for (const index of [1, 2]) await nodes.seeDatabase(index, name);
    const synced = await Promise.all(
      cluster.nodes.map((node) => runBerth(['db', 'sync'], { OS_PLACEMENT_DATABASE__CONNECTION: node.url(name) })),
    );
    for (const { code, stderr } of synced) assert.equal(code, 0, stderr);
    for (const node of cluster.nodes) assert.equal(await revisionOf(node, name), REVISIONS.at(-1));
    for (const node of cluster.nodes) await assertClean(node.url(name));
  });

  test('conflicts between nodes did happen, and were settled inside', async (t) => {
    const conflicts = await nodes.conflicts();
    t.diagnostic(`transactions that the cluster refused and Berth ran again: ${conflicts}`);
    assert.ok(conflicts > 0, 'without conflicts these stories have shown little');
  });
});
