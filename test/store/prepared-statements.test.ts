// Statements that a connection to MariaDB has prepared: no more than it is to keep, and each can be run again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { MysqlConnection } from '../../src/store/mysql/connection.ts';
import { statement } from '../../src/store/statement.ts';
import { connectTo } from '../support/databases/connect.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';

const TEXTS = 520;
const KEPT = 500;

forEachDatabase(
  'prepared statements',
  (database) => {
    test('are given up when more are wanted, those first that were longest not run', async () => {
      const connection = await connectTo(database.server, await database.server.createDatabase());
      assert.ok(connection instanceof MysqlConnection);
      const texts = Array.from({ length: TEXTS }, (_, index) =>
        statement<{ value: number }>()(({ db, slot }) =>
          db.selectNoFrom([slot.value.as('value'), sql.lit(index).as('text')]),
        ),
      );
      const counts = async (): Promise<{ readonly prepared: number; readonly closed: number }> => {
        const rows = await connection.select("SHOW SESSION STATUS LIKE 'Com_stmt_%'");
        const countOf = (name: string) => Number(rows.find(({ Variable_name }) => Variable_name === name)?.Value);
        return { prepared: countOf('Com_stmt_prepare'), closed: countOf('Com_stmt_close') };
      };
      const runAll = async (some: typeof texts) => {
        for (const [value, text] of some.entries()) {
          assert.equal((await connection.rows(text, { value }))[0]?.value, value);
        }
      };
      // The question is a prepared statement itself, and asked often enough to be kept.
      await counts();
      const before = await counts();
      const often = texts.slice(0, 5);
      for (let from = 0; from < TEXTS; from += 100) {
        await runAll(often);
        await runAll(texts.slice(from, from + 100));
        await counts();
      }
      const after = await counts();
      assert.equal(after.prepared - before.prepared, TEXTS);
      assert.ok(TEXTS - (after.closed - before.closed) <= KEPT);
      await runAll(often);
      assert.deepEqual(await counts(), after, 'what is run often is kept');
      await runAll(texts.slice(5, 10));
      assert.equal((await counts()).prepared, after.prepared + 5, 'what is not run is prepared once more');
      connection.close();
    });
  },
  ['mysql'],
);
