// The tables that Berth makes are those that OpenStack Placement's newest revision has (P7): the same as its own dump
// loaded into a database, and, apart from five indexes, the same as its older Debian package makes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as mysql from '../../src/store/mysql/schema.ts';
import * as postgresql from '../../src/store/postgresql/schema.ts';
import * as sqlite from '../../src/store/sqlite/schema.ts';
import type { DatabaseHost } from '../support/databases/database-server.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { describeSchema } from '../support/databases/schema-description.ts';

const SCHEMAS = { sqlite, mysql, postgresql };

/** Dumps of databases that the original migrated from empty to its newest revision. */
function dump(kind: keyof typeof SCHEMAS): string {
  return readFileSync(new URL(`../data/placement-schema/${kind}.sql`, import.meta.url), 'utf8');
}

forEachDatabase('the schema', (database) => {
  test('is the one of the original', async () => {
    const ours = await database.server.createDatabase();
    await make(database.server, ours);
    const theirs = await database.server.createDatabase();
    await database.server.run(theirs, dump(database.kind));
    assert.deepEqual(await describeSchema(database.server, ours), await describeSchema(database.server, theirs));
  });

  test('records the revision that the original would', async () => {
    const name = await database.server.createDatabase();
    await make(database.server, name);
    const rows = await database.server.run(name, 'SELECT version_num FROM alembic_version;');
    assert.deepEqual(rows, [{ version_num: 'a082b8bb98d0' }]);
    assert.equal(SCHEMAS[database.kind].SCHEMA_REVISION, 'a082b8bb98d0');
  });
});

forEachDatabase(
  'the schema, where each statement commits by itself',
  (database) => {
    test('can be made again after a start that was cut short anywhere', async () => {
      const whole = await database.server.createDatabase();
      await make(database.server, whole);
      const wanted = await describeSchema(database.server, whole);
      const name = await database.server.createDatabase();
      for (const [done] of SCHEMAS.mysql.SCHEMA.entries()) {
        await run(database.server, name, SCHEMAS.mysql.SCHEMA.slice(0, done));
      }
      await make(database.server, name);
      await make(database.server, name);
      assert.deepEqual(await describeSchema(database.server, name), wanted);
      assert.equal((await database.server.run(name, 'SELECT version_num FROM alembic_version;')).length, 1);
    });
  },
  ['mysql'],
);

function make(server: DatabaseHost, database: string): Promise<void> {
  return run(server, database, SCHEMAS[server.kind].SCHEMA);
}

async function run(server: DatabaseHost, database: string, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await server.run(database, statements.map((text) => `${text};\n`).join(''));
}
