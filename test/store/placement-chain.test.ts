// A database that an older OpenStack Placement made is brought to the newest revision of its schema (operations §4.3).

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Connection } from '../../src/store/connection.ts';
import { REVISIONS } from '../../src/store/migrations/placement-chain/index.ts';
import type { DatabaseHost } from '../support/databases/database-server.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { placementManage, skipWithoutPlacementManage } from '../support/databases/placement-manage.ts';
import { describeSchema, type SchemaDescription } from '../support/databases/schema-description.ts';
import {
  BEFORE_CONSUMER_TYPES,
  migrateTo,
  newestDatabase,
  olderDatabase,
  recordRevision,
  revisionOf,
} from './placement-database.ts';

const NEWEST = 'a082b8bb98d0';
const NO_ROOT = /There is at least one resource provider table record which is missing its root provider id\. Run the/;
const NO_CONSUMER = /There is at least one allocation record which is missing a consumer record\./;

const PROVIDER = `INSERT INTO resource_providers (id, uuid, name, generation, root_provider_id)
  VALUES (1, 'd1c0f8a2-7f0e-4d0c-9a3e-000000000001', 'one', 3, 1);`;
const CONSUMER = `INSERT INTO consumers (id, uuid, project_id, user_id, generation)
  VALUES (5, 'd1c0f8a2-7f0e-4d0c-9a3e-0000000000c1', 1, 2, 7);`;
const ALLOCATION = `INSERT INTO allocations (resource_provider_id, consumer_id, resource_class_id, used)
  VALUES (1, 'd1c0f8a2-7f0e-4d0c-9a3e-0000000000c1', 0, 4);`;

forEachDatabase("the original's chain of revisions", (database) => {
  let newest: SchemaDescription;
  before(async () => {
    newest = await describeSchema(database.server, await newestDatabase(database.server));
  });

  const assertNewest = async (name: string) => {
    assert.deepEqual(await describeSchema(database.server, name), newest);
    assert.equal(await revisionOf(database.server, name), NEWEST);
  };

  for (const [index, revision] of REVISIONS.slice(0, -1).entries()) {
    test(`is walked from ${revision} to its end, and records stay`, async () => {
      const name = await olderDatabase(database.server, revision);
      await database.server.run(name, `${PROVIDER}\n${CONSUMER}\n${ALLOCATION}`);
      assert.deepEqual(await migrateTo(database.server, name), REVISIONS.slice(index + 1));
      await assertNewest(name);
      const consumers = 'SELECT id, generation, consumer_type_id FROM consumers;';
      assert.deepEqual(await database.server.run(name, consumers), [{ id: 5, generation: 7, consumer_type_id: null }]);
    });
  }

  test('leaves a database at its end alone', async () => {
    const name = await newestDatabase(database.server);
    assert.deepEqual(await migrateTo(database.server, name), []);
    await assertNewest(name);
  });

  test('does not mind an index that was dropped by hand', async () => {
    const name = await olderDatabase(database.server, '422ece571366');
    const where = database.kind === 'mysql' ? ' ON resource_providers' : '';
    await database.server.run(name, `DROP INDEX resource_providers_uuid_idx${where};`);
    await migrateTo(database.server, name);
    await assertNewest(name);
  });

  test('stops before a provider without a root, and goes on once it has one', async () => {
    const name = await olderDatabase(database.server, 'b4ed3a175331');
    await database.server.run(name, `${PROVIDER}\nUPDATE resource_providers SET root_provider_id = NULL;`);
    await assert.rejects(migrateTo(database.server, name), NO_ROOT);
    assert.equal(await revisionOf(database.server, name), 'b4ed3a175331');
    await database.server.run(name, 'UPDATE resource_providers SET root_provider_id = id;');
    await migrateTo(database.server, name);
    await assertNewest(name);
  });

  test('stops before an allocation without a consumer, and goes on once there is one', async () => {
    const name = await olderDatabase(database.server, '611cd6dffd7b');
    await database.server.run(name, `${PROVIDER}\n${ALLOCATION}`);
    await assert.rejects(migrateTo(database.server, name), NO_CONSUMER);
    assert.equal(await revisionOf(database.server, name), '611cd6dffd7b');
    await database.server.run(name, CONSUMER);
    await migrateTo(database.server, name);
    await assertNewest(name);
  });

  test('does not look for what later revisions no longer refuse', async () => {
    const name = await olderDatabase(database.server, BEFORE_CONSUMER_TYPES);
    await database.server.run(name, ALLOCATION);
    await migrateTo(database.server, name);
    await assertNewest(name);
  });

  test('refuses a revision that is not its own', async () => {
    const name = await newestDatabase(database.server);
    await recordRevision(database.server, name, '0123456789ab');
    await assert.rejects(migrateTo(database.server, name), /Can't locate revision identified by '0123456789ab'/);
    assert.equal(await revisionOf(database.server, name), '0123456789ab');
  });

  test('refuses tables whose revision nobody recorded', async () => {
    const name = await newestDatabase(database.server);
    await database.server.run(name, 'DELETE FROM alembic_version;');
    await assert.rejects(migrateTo(database.server, name), /no recorded revision/);
    await database.server.run(name, 'DROP TABLE alembic_version;');
    await assert.rejects(migrateTo(database.server, name), /no recorded revision/);
  });

  test("takes over what the distribution's package made", { skip: skipWithoutPlacementManage() }, async () => {
    const name = await database.server.createDatabase();
    await placementManage(database.server.url(name), ['db', 'sync']);
    assert.notDeepEqual(await describeSchema(database.server, name), newest);
    await migrateTo(database.server, name);
    await assertNewest(name);
  });
});

forEachDatabase(
  'the chain, where each statement commits by itself',
  (database) => {
    test('is taken up wherever an earlier run was cut short', async () => {
      const newest = await describeSchema(database.server, await newestDatabase(database.server));
      const name = await olderDatabase(database.server, 'b4ed3a175331');
      await database.server.run(name, CONSUMER);
      let runs = 0;
      while (!(await endsWithin(database.server, name))) runs += 1;
      // Four statements bring the consumer types, five take the indexes, four record; each run but the last does one.
      assert.equal(runs, 12);
      assert.deepEqual(await describeSchema(database.server, name), newest);
      assert.equal(await revisionOf(database.server, name), NEWEST);
    });
  },
  ['mysql'],
);

/** Runs the chain on a connection that is lost after one statement that changes something. */
async function endsWithin(server: DatabaseHost, name: string): Promise<boolean> {
  const lost = new Error('lost');
  let changes = 0;
  try {
    await migrateTo(server, name, (connection) =>
      losing(connection, () => {
        changes += 1;
        if (changes > 1) throw lost;
      }),
    );
    return true;
  } catch (error) {
    if (error !== lost) throw error;
    return false;
  }
}

function losing(connection: Connection, before: () => void): Connection {
  return {
    dialect: connection.dialect,
    rows: (statement, parameters) => connection.rows(statement, parameters),
    async change(statement, parameters) {
      before();
      return connection.change(statement, parameters);
    },
    insert: (statement, parameters) => connection.insert(statement, parameters),
    insertRows: (statement, rows) => connection.insertRows(statement, rows),
    changeRows: (statement, rows) => connection.changeRows(statement, rows),
    tableNames: () => connection.tableNames(),
    close: () => connection.close(),
    async command(text) {
      before();
      await connection.command(text);
    },
  };
}
