// Berth takes over the database of a running OpenStack Placement and gives it back: each time the one serves exactly what
// the other served, and each goes on writing where the other stopped. The schema stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBerth } from '../support/berth-process.ts';
import type { DatabaseHost, DatabaseKind } from '../support/databases/database-server.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { placementManage } from '../support/databases/placement-manage.ts';
import { describeSchema } from '../support/databases/schema-description.ts';
import { audit } from '../support/world.ts';
import { environmentOf, startBerthOn } from './berth-on.ts';
import { createPeer, type Json, type Peer } from './peer.ts';
import { type Recording, readEverything } from './reads.ts';
import { skipWithoutReference, startReference } from './reference-service.ts';
import { buildWorld, id, reviseWorld } from './story.ts';

const NEWEST = 'a082b8bb98d0';

/** What the original cannot answer there: grouping usages by consumer type is a statement that PostgreSQL refuses. */
const ORIGINAL_FAILS: Readonly<Record<DatabaseKind, RegExp>> = {
  sqlite: /^nothing$/,
  mysql: /^nothing$/,
  postgresql: /^1\.39 GET \/usages\?/,
};

/** As docs/takeover.md has it, for who ran `berth db sync` and goes back to a release that does not know its result. */
const BACK_TO_OLDER_RELEASE = `
CREATE INDEX inventories_resource_provider_id_idx ON inventories (resource_provider_id);
CREATE INDEX inventories_resource_provider_resource_class_idx ON inventories (resource_provider_id, resource_class_id);
CREATE INDEX ix_placement_aggregates_uuid ON placement_aggregates (uuid);
CREATE INDEX resource_providers_name_idx ON resource_providers (name);
CREATE INDEX resource_providers_uuid_idx ON resource_providers (uuid);
UPDATE alembic_version SET version_num = '422ece571366';`;

const skip = skipWithoutReference();
if (skip !== false) test('taking over and going back', { skip });
else {
  forEachDatabase('taking over and going back', (database) => {
    /** The database that the first test leaves. */
    let taken: string;

    /** Runs a service, tells it a story, and ends it. */
    const during = async <Result>(
      start: (url: string) => Promise<{ readonly url: string; stop(): Promise<unknown> }>,
      url: string,
      story: (peer: Peer) => Promise<Result>,
    ): Promise<Result> => {
      const service = await start(url);
      const peer = createPeer(service.url);
      try {
        return await story(peer);
      } finally {
        peer.close();
        await service.stop();
      }
    };

    test('the one serves what the other wrote, back and forth', async () => {
      const name = await database.server.createDatabase();
      taken = name;
      const url = database.server.url(name);
      await placementManage(url, ['db', 'sync']);
      const revision = (await placementManage(url, ['db', 'version'])).trim();
      const schema = await describeSchema(database.server, name);
      const same = (one: Recording, other: Recording) => assertSame(one, other, ORIGINAL_FAILS[database.kind]);

      const [built, classes] = await during(startReference, url, async (peer) => {
        await buildWorld(peer, 'A');
        return [await readEverything(peer, ['A']), await namesIn(database.server, name, 'resource_classes')];
      });

      const revised = await during(startBerthOn, url, async (peer) => {
        same(built, await readEverything(peer, ['A']));
        await reviseWorld(peer, 'A');
        await buildWorld(peer, 'B');
        return readEverything(peer, ['A', 'B']);
      });
      assert.equal((await runBerth(['db', 'version'], environmentOf(url))).stdout.trim(), revision);
      assert.deepEqual(await describeSchema(database.server, name), schema);
      assert.deepEqual((await namesIn(database.server, name, 'resource_classes')).slice(0, classes.length), classes);
      const wrong = (await audit(url)).findings.filter(({ check }: Json) => check.severity === 'wrong');
      assert.deepEqual(wrong, []);

      await placementManage(url, ['db', 'sync']);
      const again = await during(startReference, url, async (peer) => {
        same(await readEverything(peer, ['A', 'B']), revised);
        await reviseWorld(peer, 'B');
        await buildWorld(peer, 'C');
        return readEverything(peer, ['C']);
      });
      await during(startBerthOn, url, async (peer) => same(again, await readEverything(peer, ['C'])));
    });

    test('a consumer that the original left without allocations can be claimed for', async () => {
      const url = await database.freshUrl();
      await placementManage(url, ['db', 'sync']);
      const consumer = `/allocations/${id('A', 'left-over')}`;
      const nothing = { allocations: {}, project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'X' };
      const host = id('A', 'host');
      await during(startReference, url, async (peer) => {
        await peer.expect(200, 'POST', '/resource_providers', '1.39', { uuid: host, name: 'host' });
        const inventories = { resource_provider_generation: 0, inventories: { MEMORY_MB: { total: 8 } } };
        await peer.expect(200, 'PUT', `/resource_providers/${host}/inventories`, '1.39', inventories);
        await peer.expect(204, 'PUT', consumer, '1.39', nothing);
      });
      await during(startBerthOn, url, async (peer) => {
        const claim = { ...nothing, allocations: { [host]: { resources: { MEMORY_MB: 8 } } } };
        // The original would want 0 as well: that is the generation of the record.
        await peer.expect(409, 'PUT', consumer, '1.39', claim);
        await peer.expect(204, 'PUT', consumer, '1.39', { ...claim, consumer_generation: 0 });
      });
    });

    test('a schema that Berth has brought up to date still serves the original, and the way back is as documented', async () => {
      const url = database.server.url(taken);
      assert.equal((await runBerth(['db', 'sync'], environmentOf(url))).code, 0);
      assert.equal((await runBerth(['db', 'version'], environmentOf(url))).stdout.trim(), NEWEST);
      await during(startReference, url, (peer) => reviseWorld(peer, 'C'));
      await assert.rejects(placementManage(url, ['db', 'sync']), /Can't locate revision/);
      await database.server.run(taken, BACK_TO_OLDER_RELEASE);
      await placementManage(url, ['db', 'sync']);
    });
  });
}

/** Fails with the first differences; `except` are reads that the original answered with 500. */
function assertSame(original: Recording, other: Recording, except: RegExp): void {
  assert.deepEqual([...original.keys()].sort(), [...other.keys()].sort());
  const differences = [...original].flatMap(([read, answer]) => {
    const counterpart = other.get(read);
    if (answer === counterpart || (except.test(read) && answer.startsWith('{"status":500'))) return [];
    return [`${read}\n  ${answer}\n  ${counterpart}`];
  });
  assert.equal(differences.length, 0, `${differences.length} answers differ:\n${differences.slice(0, 10).join('\n')}`);
}

async function namesIn(server: DatabaseHost, database: string, table: string): Promise<readonly string[]> {
  const rows = await server.run(database, `SELECT id, name FROM ${table} ORDER BY id;`);
  return rows.map((row) => `${row.id} ${row.name}`);
}
