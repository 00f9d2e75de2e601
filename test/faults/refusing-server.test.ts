// A server that is there and says no: it is read-only, has no connection to spare, or has ended the ones that Berth had.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type BerthProcess, failuresIn } from '../support/berth-process.ts';
import type { Client } from '../support/client.ts';
import type { DatabaseServer } from '../support/databases/database-server.ts';
import { assertClean, expectStatus } from '../support/world.ts';
import { LATENESS_MAX_MS, OWN_SERVERS, startFaultService } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { type Administrator, administratorOf } from './server-administration.ts';
import { Traffic } from './traffic.ts';

const KILLS = 10;
const CLIENTS = 16;

describe('a server that refuses', { concurrency: true, timeout: 120_000 }, () => {
  for (const { title, skip, start } of OWN_SERVERS) {
    describe(title, { skip, concurrency: 1 }, () => {
      let server: DatabaseServer;
      let administrator: Administrator;
      let url: string;
      let berth: BerthProcess;
      let client: Client;
      let deadlineMs: number;
      let ledger: Ledger;

      before(async () => {
        server = await start();
        const database = await server.createDatabase();
        administrator = administratorOf(server, database);
        url = await administrator.makeUser();
        ({ berth, client, deadlineMs } = await startFaultService({ url, deadlineSeconds: 2 }));
        ledger = await Ledger.open(client, 4);
      });
      after(async () => {
        assert.deepEqual(failuresIn(berth), []);
        await ledger.settle(client);
        await assertClean(url);
      });

      const write = () => ledger.write(client, ledger.newConsumer(0), 1);
      const assertReads = async () => {
        for (const [provider] of ledger.pairs) {
          expectStatus(await client.get(`/resource_providers/${provider}`), 200);
          expectStatus(await client.get(`/resource_providers/${provider}/allocations`), 200);
        }
        expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=1'), 200);
      };

      test('read-only: writes are refused at once, reads are served', async () => {
        assert.equal(await write(), 'acknowledged');
        await administrator.setReadOnly(true);
        const begin = performance.now();
        for (let index = 0; index < 4; index += 1) assert.equal(await write(), 'refused');
        assert.ok(performance.now() - begin < 4 * deadlineMs, 'a write waited for nothing');
        await assertReads();
        await administrator.setReadOnly(false);
        assert.equal(await write(), 'acknowledged');
      });

      test(`connections ended between requests, ${KILLS} times: the next request is served`, async (t) => {
        let ended = 0;
        for (let round = 0; round < KILLS; round += 1) {
          ended += await administrator.endConnections();
          await assertReads();
          ended += await administrator.endConnections();
          assert.equal(await write(), 'acknowledged');
        }
        t.diagnostic(`${title}: ${ended} connections ended`);
        assert.ok(ended >= KILLS);
      });

      test('connections ended for being idle: the next request is served', async () => {
        await administrator.setIdleMax(1);
        // Those that are open keep their time; new ones have the short one.
        await administrator.endConnections();
        for (let round = 0; round < 2; round += 1) {
          assert.equal(await write(), 'acknowledged');
          await assertReads();
          await pause(1_500);
        }
        assert.equal(await write(), 'acknowledged');
        await administrator.setIdleMax(null);
        await administrator.endConnections();
      });

      test('too many connections: served with those there are, or told to come again', async (t) => {
        assert.equal(await write(), 'acknowledged');
        const release = await administrator.takeConnections(2);
        await administrator.endConnections();
        const traffic = new Traffic(client, ledger, CLIENTS);
        await pause(deadlineMs + 1_500);
        const meanwhile = { ...ledger.verdicts };
        await release();
        await traffic.progress(20);
        const report = await traffic.stop();
        t.diagnostic(`${title}: ${JSON.stringify({ meanwhile, ...ledger.verdicts, ...report })}`);
        assert.ok(report.slowestMs < deadlineMs + LATENESS_MAX_MS, `an answer took ${report.slowestMs} ms`);
      });
    });
  }
});
