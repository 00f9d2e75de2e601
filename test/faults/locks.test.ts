// Somebody else on the same database, such as an administrator's session, holds rows that Berth needs: for a moment,
// in the other order (a deadlock), or for longer than Berth waits.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../src/store/connection.ts';
import { DatabaseFailure } from '../../src/store/database-errors.ts';
import type { Client } from '../support/client.ts';
import { connectTo } from '../support/databases/connect.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { assertClean, claim, claimBody, errorDetail, expectStatus, makeProvider } from '../support/world.ts';
import { LATENESS_MAX_MS, startFaultService } from './fault-service.ts';

const DEADLOCKS = 10;
/** Long enough for a claim to come to its lock, on a busy machine too. */
const SETTLE_MS = 150;
/** PostgreSQL looks for deadlocks after this long; InnoDB at once. */
const DEADLOCK_LOOK_MS = 400;

/** One for each provider, none of which is committed. */
function insertConsumers(whichProviders: string): string {
  return `INSERT INTO consumers (uuid, project_id, user_id, generation)
    SELECT UUID(), 1, 1, 0 FROM resource_providers FORCE INDEX (PRIMARY) WHERE ${whichProviders}`;
}

forEachDatabase(
  "somebody else's locks",
  (database) => {
    let name: string;
    let client: Client;
    let deadlineMs: number;

    before(async () => {
      name = await database.server.createDatabase();
      if (database.kind === 'postgresql') {
        await database.server.run(name, `ALTER DATABASE ${name} SET deadlock_timeout = '${DEADLOCK_LOOK_MS}ms';`);
      }
      ({ client, deadlineMs } = await startFaultService({ url: database.server.url(name), deadlineSeconds: 3 }));
    });

    const lock = (other: Connection, uuid: string) =>
      other.command(`SELECT id FROM resource_providers WHERE uuid = '${uuid}' FOR UPDATE`);
    const claimOf = (providers: readonly string[], amount = 1) =>
      claim(client, Object.fromEntries(providers.map((provider) => [provider, { VCPU: amount }])));

    test(`${DEADLOCKS} deadlocks: the claim is made once, whoever the victim was`, async (t) => {
      const providers = [await makeProvider(client, { VCPU: 1_000 }), await makeProvider(client, { VCPU: 1_000 })];
      const [first = '', second = ''] = providers;
      let victims = 0;
      for (let round = 0; round < DEADLOCKS; round += 1) {
        const other = await connectTo(database.server, name);
        await other.command('BEGIN');
        // InnoDB ends the transaction that has changed less, which is to be Berth's.
        if (database.kind === 'mysql') await other.command(`UPDATE traits SET updated_at = '2000-01-01 00:00:00'`);
        await lock(other, second);
        const claimed = claimOf(providers);
        await pause(SETTLE_MS);
        const mine = lock(other, first).then(
          () => 'had it',
          () => 'victim',
        );
        if ((await mine) === 'had it') victims += 1;
        await other.command('ROLLBACK');
        expectStatus(await claimed, 204);
        other.close();
      }
      for (const provider of providers) {
        const { body } = await client.get(`/resource_providers/${provider}`);
        assert.equal(body.generation, 1 + DEADLOCKS);
      }
      t.diagnostic(`Berth was the victim in ${victims} of ${DEADLOCKS} deadlocks`);
      assert.ok(victims > 0, 'no deadlock was met');
    });

    const autoIncrement = async () => {
      const providers = [await makeProvider(client, { VCPU: 1 }), await makeProvider(client, { VCPU: 1 })];
      const [, second = ''] = providers;
      const [mine, others] = [await connectTo(database.server, name), await connectTo(database.server, name)];
      for (const connection of [mine, others]) await connection.command('BEGIN');
      await lock(mine, second);
      await others.command(`UPDATE traits SET updated_at = '2000-01-01 00:00:00'`);
      // The first row, by id, takes the column's lock, and the second has to wait.
      const inserted = others.command(insertConsumers(`uuid IN ('${providers.join("', '")}') LOCK IN SHARE MODE`));
      await pause(SETTLE_MS);
      await assert.rejects(mine.command(insertConsumers('id = 1')), (error) => {
        assert.ok(error instanceof DatabaseFailure);
        assert.deepEqual([error.code, error.plan], ['1467', 'run-again']);
        return true;
      });
      await mine.command('ROLLBACK');
      await inserted;
      await others.command('ROLLBACK');
      for (const connection of [mine, others]) connection.close();
    };
    if (database.kind === 'mysql') {
      test('a deadlock over an AUTO_INCREMENT column is run again like any other', autoIncrement);
    }

    test('a lock held for longer than a statement waits: the claim is made when it is gone', async () => {
      const provider = await makeProvider(client, { VCPU: 10 });
      const other = await connectTo(database.server, name);
      await other.command('BEGIN');
      await lock(other, provider);
      const claimed = claimOf([provider]);
      await pause(1_600);
      await other.command('COMMIT');
      other.close();
      expectStatus(await claimed, 204);
      assert.equal((await client.get(`/resource_providers/${provider}`)).body.generation, 2);
    });

    test('a lock held beyond the deadline: 503 in time, and others are served', async () => {
      const provider = await makeProvider(client, { VCPU: 10 });
      const others = await Promise.all(Array.from({ length: 12 }, () => makeProvider(client, { VCPU: 10 })));
      const other = await connectTo(database.server, name);
      await other.command('BEGIN');
      await lock(other, provider);
      const begin = performance.now();
      const held = Promise.all([
        claimOf([provider]),
        client.put(`/resource_providers/${provider}/traits`, {
          traits: ['HW_CPU_X86_AVX2'],
          resource_provider_generation: 1,
        }),
        client.post('/allocations', { [crypto.randomUUID()]: claimBody({ [provider]: { VCPU: 1 } }) }),
      ]);
      const served = Promise.all(others.map((uuid) => claimOf([uuid])));
      for (const reply of await held) {
        assert.match(errorDetail(expectStatus(reply, 503)), /Nothing was changed/);
        assert.equal(reply.headers['retry-after'], '1');
      }
      assert.ok(performance.now() - begin < deadlineMs + LATENESS_MAX_MS);
      const statuses = (await served).map((reply) => reply.status);
      assert.ok(statuses.includes(204), 'other lanes serve');
      assert.deepEqual(
        statuses.filter((status) => status !== 204 && status !== 503),
        [],
      );
      expectStatus(await client.get(`/resource_providers/${provider}`), 200);
      await other.command('ROLLBACK');
      other.close();
      expectStatus(await claimOf([provider]), 204);
      assert.equal((await client.get(`/resource_providers/${provider}`)).body.generation, 2);
      await assertClean(database.server.url(name));
    });
  },
  ['mysql', 'postgresql'],
);
