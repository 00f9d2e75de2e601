// The servers that other tests lean on do what those tests believe: keep commits through a kill, hold still when paused.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { skipWithout } from '../support/databases/available-databases.ts';
import type { DatabaseServer } from '../support/databases/database-server.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { startMariadb } from '../support/databases/mariadb.ts';
import { startPostgresql } from '../support/databases/postgresql.ts';

const TABLE = 'CREATE TABLE t (a INTEGER);\nINSERT INTO t VALUES (1);';

forEachDatabase('a shared server', (database) => {
  test('gives every suite an empty database of its own', async () => {
    const first = await database.server.createDatabase();
    const second = await database.server.createDatabase();
    await database.server.run(first, TABLE);
    await assert.rejects(database.server.run(second, 'SELECT a FROM t;'));
  });

  test('answers the rows of the last statement', async () => {
    const name = await database.server.createDatabase();
    assert.deepEqual(await database.server.run(name, `${TABLE}\nSELECT a FROM t;`), [{ a: 1 }]);
    assert.deepEqual(await database.server.run(name, 'SELECT a FROM t;'), [{ a: 1 }]);
    assert.deepEqual(await database.server.run(name, 'DELETE FROM t;'), []);
    assert.deepEqual(await database.server.run(name, 'SELECT a FROM t;'), []);
  });
});

const starters = [
  { kind: 'mysql', start: startMariadb },
  { kind: 'postgresql', start: startPostgresql },
] as const;

for (const { kind, start } of starters) {
  describe(`a server of its own, ${kind}`, { skip: skipWithout(kind) }, () => {
    test('keeps what was committed through stop, restart and kill, on the same port', async () => {
      const server = await start();
      const name = await server.createDatabase();
      await server.run(name, TABLE);
      for (const harm of ['kill', 'stop', 'restart'] as const) {
        await server[harm]();
        if (harm !== 'restart') {
          await assert.rejects(server.run(name, 'SELECT a FROM t;'));
          await server.start();
        }
        assert.deepEqual(await server.run(name, 'SELECT a FROM t;'), [{ a: 1 }]);
      }
      await server.stop();
    });

    test('answers nothing while it is paused', async () => {
      const server = await start();
      const name = await server.createDatabase();
      await server.run(name, TABLE);
      server.pause();
      const answer = ask(server, name);
      assert.equal(await Promise.race([answer, after(300, 'silence')]), 'silence');
      server.resume();
      assert.deepEqual(await answer, [{ a: 1 }]);
      await server.stop();
    });
  });
}

function ask(server: DatabaseServer, name: string): Promise<unknown> {
  return server.run(name, 'SELECT a FROM t;');
}
