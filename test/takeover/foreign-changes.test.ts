// What others write is never missed, however its notes come and go: late ones, pruned ones, too many of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStore } from '../../src/cli/open-store.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import type { ModelUpdate } from '../../src/domain/resource-provider.ts';
import { FeedWriter } from '../../src/store/change-feed.ts';
import { FOREIGN_ROWS_MAX } from '../../src/store/coexistence/foreign-changes.ts';
import { ForeignChangePruner } from '../../src/store/coexistence/prune-foreign-changes.ts';
import { coexistenceStatus, turnCoexistenceOff, turnCoexistenceOn } from '../../src/store/coexistence/switch.ts';
import type { Store } from '../../src/store/store.ts';
import { connectTo } from '../support/databases/connect.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';

const note = (provider: number | null) => `INSERT INTO berth_foreign_changes (provider_id) VALUES (${provider});`;
const ROWS = 'SELECT id FROM berth_foreign_changes ORDER BY id;';

forEachDatabase('notes of what others wrote', (database) => {
  let name: string;
  const stores: Store[] = [];

  const open = async (): Promise<Store> => {
    const store = await openStore(developmentSettings({ url: database.server.url(name) }).database);
    stores.push(store);
    await store.poll();
    return store;
  };
  const run = (text: string) => database.server.run(name, text);
  before(async () => {
    name = await database.server.createDatabase();
  });
  after(async () => {
    for (const store of stores) await store.close();
  });

  test('a reader from before anything was noted hears of all that is', async () => {
    const store = await open();
    assert.equal((await store.poll()).kind, 'none');
    const connection = await connectTo(database.server, name);
    await turnCoexistenceOn(connection);
    connection.close();
    assert.equal((await store.poll()).kind, 'reload');
    await run(note(6));
    assert.deepEqual(providersIn(await store.poll()), [6]);
  });

  test('that there are notes is not forgotten, however long nobody has been there', async () => {
    const connection = await connectTo(database.server, name);
    const inACentury = new Date(Date.UTC(2126, 0));
    await new FeedWriter().publish(connection, { providers: new Set(), names: false }, inACentury);
    connection.close();
    const lanes = await run('SELECT id FROM berth_writers;');
    assert.equal(lanes.length, 2, 'all others have been forgotten');
    const store = await open();
    await run(note(9));
    assert.deepEqual(providersIn(await store.poll()), [9]);
  });

  test('where others were noted by an earlier version, there is no lane of theirs, and perhaps none at all', async () => {
    await run('DELETE FROM berth_writers;');
    const store = await open();
    for (const provider of [4, 5]) {
      await run(note(provider));
      assert.deepEqual(providersIn(await store.poll()), [provider]);
    }
    assert.deepEqual(await run('SELECT id FROM berth_writers;'), []);
  });

  test('a look that finds none is no news; each is told once', async () => {
    const store = await open();
    assert.equal((await store.poll()).kind, 'none');
    await run(`${note(7)}\n${note(8)}`);
    assert.deepEqual(providersIn(await store.poll()), [7, 8]);
    assert.equal((await store.poll()).kind, 'none');
    await run(note(null));
    const named = await store.poll();
    assert.ok(named.kind === 'delta' && named.names !== null && named.providers.length === 0);
  });

  // On SQLite there is one writer at a time.
  const testIfWritersOverlap = database.kind === 'sqlite' ? () => {} : test;
  testIfWritersOverlap('one that becomes visible after later ones is not missed', async () => {
    const store = await open();
    const slow = await connectTo(database.server, name);
    try {
      await slow.command('BEGIN');
      await slow.command(note(21).replace(';', ''));
      await run(note(22));
      assert.deepEqual(providersIn(await store.poll()), [22]);
      await slow.command('COMMIT');
      assert.deepEqual(providersIn(await store.poll()), [21]);
    } finally {
      slow.close();
    }
  });

  test('pruning takes what every reader has had, and a reader that looked too rarely reloads', async () => {
    const [often, rarely] = [await open(), await open()];
    const pruner = new ForeignChangePruner({ read: (work) => often.read(work), write: (work) => often.write(work) });
    for (const provider of [31, 32, 33]) await run(note(provider));
    const before = (await run(ROWS)).length;
    for (let turn = 0; turn < 4; turn += 1) {
      await run(note(40 + turn));
      assert.ok(providersIn(await often.poll()).includes(40 + turn), `turn ${turn}`);
      // The pruner sees these before the reader does, and must leave them.
      await run(`${note(60 + turn)}\n${note(70 + turn)}`);
      await pruner.turn();
      assert.deepEqual(providersIn(await often.poll()), [60 + turn, 70 + turn], `turn ${turn}`);
    }
    const left = await run(ROWS);
    assert.ok(left.length < before, `${left.length} of ${before}`);
    assert.equal((await rarely.poll()).kind, 'reload');
    assert.equal((await rarely.poll()).kind, 'none');
  });

  test('the number of a pruned note is not given again', async () => {
    const store = await open();
    const pruner = new ForeignChangePruner({ read: (work) => store.read(work), write: (work) => store.write(work) });
    await run(note(50));
    const highest = Number((await run(ROWS)).at(-1)?.id);
    for (let turn = 0; turn < 4; turn += 1) await pruner.turn();
    assert.equal((await run(ROWS)).length, 1);
    await store.poll();
    await run(note(51));
    assert.ok(Number((await run(ROWS)).at(-1)?.id) > highest);
    assert.deepEqual(providersIn(await store.poll()), [51]);
  });

  test('more than anybody would read are removed, and everything is loaded', async () => {
    const store = await open();
    const digits = '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)';
    const many = Array.from({ length: 7 }, (_, index) => `${digits} AS t${index}`).join(' CROSS JOIN ');
    await run(`INSERT INTO berth_foreign_changes (provider_id) SELECT 1 FROM ${many};`);
    assert.equal((await store.poll()).kind, 'reload');
    const pruner = new ForeignChangePruner({ read: (work) => store.read(work), write: (work) => store.write(work) });
    await pruner.turn();
    const rows = (await run(ROWS)).length;
    assert.ok(rows > 0 && rows <= FOREIGN_ROWS_MAX, `${rows} rows`);
    assert.equal((await store.poll()).kind, 'reload');
    assert.equal((await store.poll()).kind, 'none');
  });

  test('the triggers can be put in and taken out again and again', async () => {
    const store = await open();
    const connection = await connectTo(database.server, name);
    try {
      for (let turn = 0; turn < 2; turn += 1) {
        await turnCoexistenceOn(connection);
        await turnCoexistenceOn(connection);
        assert.deepEqual(await coexistenceStatus(connection), { state: 'on', missing: [] });
        assert.equal((await store.poll()).kind, 'reload');
        await turnCoexistenceOff(connection);
        await turnCoexistenceOff(connection);
        assert.deepEqual(await coexistenceStatus(connection), { state: 'off', missing: [] });
      }
    } finally {
      connection.close();
    }
  });

  test("Berth's own writes leave no notes, where it can mark them", async () => {
    const connection = await connectTo(database.server, name);
    const store = await open();
    try {
      await turnCoexistenceOn(connection);
      const before = (await run(ROWS)).length;
      await run("INSERT INTO traits (name) VALUES ('CUSTOM_FOREIGN');");
      assert.equal((await run(ROWS)).length, before + 1);
      await run("DELETE FROM traits WHERE name NOT LIKE 'CUSTOM%' AND name LIKE 'HW%';");
      const foreign = (await run(ROWS)).length;
      // Seeds what was deleted.
      await open();
      assert.equal((await run(ROWS)).length > foreign, database.kind === 'sqlite');
      await store.poll();
    } finally {
      await turnCoexistenceOff(connection);
      connection.close();
    }
  });
});

function providersIn(update: ModelUpdate): readonly number[] {
  assert.equal(update.kind, 'delta');
  return update.kind === 'delta' ? update.providers.map(({ id }) => Number(id)) : [];
}
