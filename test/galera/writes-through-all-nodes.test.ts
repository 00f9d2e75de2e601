// P1 to P4 on a healthy cluster that is written through all its nodes: the stories of test/service, told by three Berths that
// have only the replication of their databases in common.
//
// BERTH_ROUNDS sets how often the last unit is raced for (100 by default).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skipWithout } from '../support/databases/available-databases.ts';
import { tellRaceStories } from '../support/race-stories.ts';
import { tellSharedDatabaseStories } from '../support/shared-database-stories.ts';
import { startThreeNodes, type ThreeNodes } from './three-nodes.ts';

const skip = skipWithout('galera');
const ROUNDS = Number(process.env.BERTH_ROUNDS ?? 100);
const READ_ROUNDS = 1_000;

describe('three Berths on three Galera nodes', { skip, timeout: 240_000 }, () => {
  let nodes: ThreeNodes;

  before(async () => {
    // The Berths start at once on an empty database: each makes the schema on its own node.
    nodes = await startThreeNodes();
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

  test('conflicts between nodes did happen, and were settled inside', async (t) => {
    const conflicts = await nodes.conflicts();
    t.diagnostic(`transactions that the cluster refused and Berth ran again: ${conflicts}`);
    assert.ok(conflicts > 0, 'without conflicts these stories have shown little');
  });
});
