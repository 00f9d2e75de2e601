// The cluster falls apart and comes together the way tests of Berth on Galera need it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithout } from '../support/databases/available-databases.ts';
import { startGalera } from '../support/databases/galera.ts';

const skip = skipWithout('galera');

test('a node that was killed or cut off catches up, and the others go on meanwhile', { skip }, async () => {
  const cluster = await startGalera(3);
  const name = await cluster.node(0).createDatabase();
  const add = (node: number, value: number) => cluster.node(node).run(name, `INSERT INTO t VALUES (${value});`);
  const values = async (node: number) =>
    (await cluster.node(node).run(name, 'SET SESSION wsrep_sync_wait = 1;\nSELECT a FROM t ORDER BY a;')).map(
      (row) => row.a,
    );
  await cluster.node(0).run(name, 'CREATE TABLE t (a INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);');
  assert.deepEqual(await values(2), [1]);

  await cluster.killNode(1);
  await add(0, 2);
  await cluster.rejoinNode(1);
  assert.deepEqual(await values(1), [1, 2]);

  await cluster.isolate(0);
  await assert.rejects(add(0, 3));
  await add(2, 4);
  await cluster.heal(0);
  assert.deepEqual(await values(0), [1, 2, 4]);
  await cluster.stop();
});
