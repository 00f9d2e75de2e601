// A Galera node may end a transaction for another node's without telling (src/store/mysql/galera-connection.ts). Half of what
// was to be one transaction must not be committed then, neither by itself nor by our COMMIT. The moment cannot be hit on
// purpose, so the rollback is sent behind the connection's back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseFailure } from '../../src/store/database-errors.ts';
import { GaleraConnection, NEVER_COMMIT_ALONE } from '../../src/store/mysql/galera-connection.ts';
import { connectTo } from '../support/databases/connect.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';

const runAgain = (error: unknown) => error instanceof DatabaseFailure && error.plan === 'run-again';

forEachDatabase(
  'a transaction that was ended without a word',
  (database) => {
    /** A table `t`, the connection to write to it, and what others see in it. */
    const open = async () => {
      const { server } = database;
      const name = await server.createDatabase();
      await server.run(name, 'CREATE TABLE t (a INTEGER PRIMARY KEY) ENGINE=InnoDB;');
      const bare = await connectTo(server, name);
      await bare.command(NEVER_COMMIT_ALONE);
      const connection = new GaleraConnection(bare);
      const stored = async () => (await server.run(name, 'SELECT a FROM t ORDER BY a;')).map((row) => row.a);
      return { bare, connection, stored };
    };

    for (const end of ['COMMIT', 'ROLLBACK']) {
      test(`is found out at ${end}, and nothing of it is kept`, async () => {
        const { bare, connection, stored } = await open();
        await connection.command('START TRANSACTION');
        await connection.command('INSERT INTO t VALUES (1)');
        await bare.command('ROLLBACK');
        await connection.command('INSERT INTO t VALUES (2)');
        await assert.rejects(connection.command(end), runAgain);
        await connection.command('ROLLBACK');
        assert.deepEqual(await stored(), []);

        await connection.command('START TRANSACTION');
        await connection.command('INSERT INTO t VALUES (3)');
        await connection.command('COMMIT');
        assert.deepEqual(await stored(), [3]);
        connection.close();
      });
    }

    test('is not looked for after an error, which is reason enough to run it again', async () => {
      const { bare, connection, stored } = await open();
      await connection.command('START TRANSACTION');
      await connection.command('INSERT INTO t VALUES (1)');
      await bare.command('ROLLBACK');
      await assert.rejects(connection.command('INSERT INTO nowhere VALUES (2)'));
      await connection.command('ROLLBACK');
      assert.deepEqual(await stored(), []);
      connection.close();
    });
  },
  ['mysql'],
);
