// The last changes of a write: decided beforehand, made with the commit (in one round trip where the server can), and undone
// as a whole when one of them does not match. And the commit whose answer was lost: once it is said not to have happened, it
// cannot happen any more.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStore } from '../../src/cli/open-store.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { FeedWriter, type Publication, readFeed, wasCommitted } from '../../src/store/change-feed.ts';
import type { Connection } from '../../src/store/connection.ts';
import { StaleRead } from '../../src/store/database-errors.ts';
import { commitWith, guardedChange, guardedInsert, guardedRows, NotMatched } from '../../src/store/guarded-change.ts';
import { statement } from '../../src/store/statement.ts';
import type { Store } from '../../src/store/store.ts';
import type { Timestamp } from '../../src/store/tables.ts';
import { toTimestamp } from '../../src/store/timestamps.ts';
import { ReadTransaction } from '../../src/store/transaction.ts';
import { connectTo } from '../support/databases/connect.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';

const insertGuard = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('berth_guards').values({ name: slot.name, version: 1, changed_at: slot.now })),
);
const advanceGuard = statement<{ name: string; version: number }>()(({ db, slot }) =>
  db
    .updateTable('berth_guards')
    .set(({ eb }) => ({ version: eb('version', '+', 1) }))
    .where('name', '=', slot.name)
    .where('version', '=', slot.version),
);
const guardVersion = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('berth_guards').select('version').where('name', '=', slot.name),
);
const now = toTimestamp(new Date());
const insertion = (name: string) => guardedInsert(insertGuard, { name, now }, { subject: 'a guard' });
const advance = (name: string, version: number, whenStale?: () => void) =>
  guardedChange(
    advanceGuard,
    { name, version },
    { rows: 1, subject: 'a guard', ...(whenStale === undefined ? {} : { whenStale }) },
  );

forEachDatabase('the last changes of a write', (database) => {
  let name: string;
  let store: Store;

  before(async () => {
    name = await database.server.createDatabase();
    store = await openStore(developmentSettings({ url: database.server.url(name) }).database);
  });
  after(() => store.close());

  const versionOf = (guard: string) =>
    store.read(async (tx) => (await tx.first(guardVersion, { name: guard }))?.version ?? null);
  const begin = database.kind === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN';

  test('are made with the commit, in their order', async () => {
    await store.write(async (tx) => tx.finish([insertion('first'), advance('first', 1), advance('first', 2)]));
    assert.equal(await versionOf('first'), 3);
  });

  test('come to nothing as a whole when one does not match, and the work is run again', async () => {
    await store.write(async (tx) => tx.finish([insertion('second')]));
    let told = 0;
    const attempts: number[] = [];
    await store.write(async (tx) => {
      attempts.push(tx.attempt);
      const version = tx.attempt === 0 ? 7 : 1;
      tx.finish([insertion('third'), advance('second', version, () => (told += 1))]);
    });
    assert.deepEqual([attempts, told], [[0, 1], 1]);
    assert.deepEqual([await versionOf('second'), await versionOf('third')], [2, 1]);
  });

  test('are made as well where others share the transaction', async () => {
    await Promise.all(
      ['fourth', 'fifth'].map((guard) =>
        store.write(async (tx) => {
          tx.finish([insertion(guard)]);
        }, 'the same lane'),
      ),
    );
    assert.deepEqual([await versionOf('fourth'), await versionOf('fifth')], [1, 1]);
  });

  test('a commit that is said not to have happened cannot happen any more', async () => {
    const [lost, asking] = [await connectTo(database.server, name), await connectTo(database.server, name)];
    const writer = new FeedWriter();
    const publish = (): Promise<Publication> => writer.publish(lost, { providers: new Set(), names: true }, new Date());
    const commit = async (connection: Connection, { changes }: Publication) => {
      await commitWith(connection, changes, () => {});
      writer.committed();
    };
    const ask = async ({ entry }: Publication) => {
      await asking.command(begin);
      const committed = await wasCommitted(asking, entry, new Date());
      await asking.command('COMMIT');
      return committed;
    };

    await lost.command(begin);
    const first = await publish();
    await commit(lost, first);
    assert.equal(await ask(first), true);
    const { position } = await readFeed(new ReadTransaction(asking), undefined);

    const second = await publish();
    assert.equal(await ask(second), false);
    assert.equal(await ask(second), false, 'asked once more, since the first answer may have been lost');
    await lost.command(begin);
    await assert.rejects(commit(lost, second), StaleRead);
    await lost.command('ROLLBACK');
    // Readers go on from where they are: nothing is missing in the feed.
    const { news } = await readFeed(new ReadTransaction(asking), position);
    assert.deepEqual(news, { providers: new Set(), names: false });
    for (const connection of [lost, asking]) connection.close();
  });

  const inOneTrip = async () => {
    const connection = await connectTo(database.server, name, { commitsInOneTrip: true });
    assert.ok(connection.commitInOneTrip !== undefined);
    await connection.command('SET SESSION autocommit = 0');
    const bound = [insertion('sixth'), advance('sixth', 4)].flatMap((change) => change.texts(connection.dialect));
    await assert.rejects(connection.commitInOneTrip(bound), (error) => {
      assert.ok(error instanceof NotMatched);
      assert.equal(error.place, 1);
      return true;
    });
    await connection.command('ROLLBACK');
    assert.equal(await versionOf('sixth'), null);
    await connection.commitInOneTrip(bound.slice(0, 1));
    connection.close();
    assert.equal(await versionOf('sixth'), 1);
  };
  const ofManyRows = async () => {
    const connection = await connectTo(database.server, name, { commitsInOneTrip: true });
    await connection.command('SET SESSION autocommit = 0');
    const names = Array.from({ length: 150 }, (_, index) => `row ${index}`);
    const rows = guardedRows(
      'insertRows',
      insertGuard,
      names.map((guard) => ({ name: guard, now })),
      { subject: 'guards' },
    );
    assert.deepEqual(
      rows.texts(connection.dialect).map((text) => text.rows),
      [64, 64, 22],
    );
    const told: string[] = [];
    const changes = (version: number) => [
      { ...rows, whenStale: () => void told.push('rows') },
      advance('row 149', version, () => told.push('the change after them')),
    ];
    await assert.rejects(
      commitWith(connection, changes(7), () => {}),
      StaleRead,
    );
    await connection.command('ROLLBACK');
    assert.deepEqual([told, await versionOf('row 0')], [['the change after them'], null]);
    await commitWith(connection, changes(1), () => {});
    assert.deepEqual([await versionOf('row 0'), await versionOf('row 149')], [1, 2]);
    await assert.rejects(
      commitWith(connection, changes(2), () => {}),
      StaleRead,
      'rows that are there already',
    );
    connection.close();
  };
  if (database.kind === 'mysql') {
    test('are one statement with the COMMIT on MariaDB', inOneTrip);
    test('are one statement there when they are of many rows, too', ofManyRows);
  }
});
