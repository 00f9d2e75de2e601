// Connections cut around COMMIT. Above all the lost acknowledgement: COMMIT reaches the server, its answer does not reach
// Berth, which finds out whether it happened. Each write counts one generation, so that a write made twice shows.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { assertClean, claim, expectStatus, makeProvider } from '../support/world.ts';
import { LATENESS_MAX_MS, startFaultService, throughPort } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { COMMIT } from './packets.ts';
import { Traffic } from './traffic.ts';

const ROUNDS = 50;
const UNKNOWN_ROUNDS = 2;
const CUTS = 12;

forEachDatabase(
  'a connection that is cut',
  (database) => {
    let proxy: TcpProxy;
    let url: string;
    let client: Client;
    let deadlineMs: number;

    before(async () => {
      url = await database.freshUrl();
      proxy = await startTcpProxy(database.server.port);
      ({ client, deadlineMs } = await startFaultService({ url: throughPort(url, proxy.port), deadlineSeconds: 2 }));
    });

    /** Creates and changes a consumer per pair of rounds while the trap is set; each write must be made once. */
    const rounds = async (setTrap: () => Promise<unknown>) => {
      const provider = await makeProvider(client, { VCPU: 1_000_000 });
      for (let round = 0; round < ROUNDS; round += 2) {
        const consumer = randomUUID();
        for (const [generation, amount] of [
          [null, 1],
          [1, 2],
        ] as const) {
          const sprung = setTrap();
          const reply = await claim(client, { [provider]: { VCPU: amount } }, consumer, generation);
          expectStatus(reply, 204);
          await sprung;
        }
        const shown = (await client.get(`/allocations/${consumer}`)).body;
        assert.equal(shown.consumer_generation, 2);
        assert.equal(shown.allocations[provider].resources.VCPU, 2);
      }
      const { body } = await client.get(`/resource_providers/${provider}`);
      assert.equal(body.generation, 1 + ROUNDS, 'every write is made once');
    };

    test(`after COMMIT: ${ROUNDS} lost acknowledgements`, () => rounds(() => proxy.loseAnswerTo(COMMIT)));

    test(`before COMMIT: ${ROUNDS} lost requests`, () => rounds(() => proxy.cutBefore(COMMIT)));

    test('what cannot be found out by the deadline is answered as unknown, and is whole', async () => {
      const ledger = await Ledger.open(client, 1);
      for (let round = 0; round < UNKNOWN_ROUNDS; round += 1) {
        // A read tells the picture of the last round: the packet is to be one that commits, not one that finds it stale.
        expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=1'), 200);
        const sprung = proxy.loseAnswerTo(COMMIT).then(() => proxy.refuse());
        const begin = performance.now();
        assert.equal(await ledger.write(client, ledger.newConsumer(0), 1), 'unknown');
        assert.ok(performance.now() - begin < deadlineMs + LATENESS_MAX_MS);
        await sprung;
        proxy.heal();
      }
      assert.deepEqual(await ledger.settle(client), { unknownDone: UNKNOWN_ROUNDS, unknownUndone: 0 });
    });

    test('what never reached COMMIT by the deadline is answered as not done', async () => {
      const ledger = await Ledger.open(client, 1);
      const sprung = proxy.cutBefore(COMMIT).then(() => proxy.refuse());
      // The lane finds nobody to ask what became of it; only whoever saw the packet knows that it was not sent.
      assert.notEqual(await ledger.write(client, ledger.newConsumer(0), 1), 'acknowledged');
      await sprung;
      assert.equal(await ledger.write(client, ledger.newConsumer(0), 1), 'refused');
      proxy.heal();
      assert.deepEqual(await ledger.settle(client), { unknownDone: 0, unknownUndone: 1 });
    });

    test('while one COMMIT hangs, other lanes and reads go on', async (t) => {
      const providers = await Promise.all(Array.from({ length: 12 }, () => makeProvider(client, { VCPU: 10 })));
      const [first, ...others] = providers;
      const held = proxy.holdBefore(COMMIT);
      let isDone = false;
      const hanging = claim(client, { [first ?? '']: { VCPU: 1 } }).then((reply) => {
        isDone = true;
        return reply;
      });
      const release = await held;
      const replies = Promise.all(others.map((provider) => claim(client, { [provider]: { VCPU: 1 } })));
      let overtook = 0;
      for (const provider of others) {
        expectStatus(await client.get(`/resource_providers/${provider}`), 200);
        expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=1'), 200);
      }
      for (const provider of others) {
        const { body } = await client.get(`/resource_providers/${provider}/usages`);
        overtook += body.usages.VCPU;
      }
      assert.equal(isDone, false);
      assert.ok(overtook > 0, 'no write overtook the one that hangs');
      t.diagnostic(`${overtook} of ${others.length} writes overtook the one whose COMMIT hung`);
      release();
      expectStatus(await hanging, 204);
      for (const reply of await replies) expectStatus(reply, 204);
      for (const provider of providers) {
        const { body } = await client.get(`/resource_providers/${provider}`);
        assert.equal(body.generation, 2);
      }
    });

    test(`at any moment: ${CUTS} cuts of all connections under 16 clients`, async (t) => {
      const ledger = await Ledger.open(client, 4);
      const traffic = new Traffic(client, ledger, 16);
      for (let cut = 0; cut < CUTS; cut += 1) {
        await traffic.progress(4);
        await pause(Math.random() * 40);
        proxy.cutAll();
      }
      const report = await traffic.stop();
      assert.ok(report.slowestMs < deadlineMs + LATENESS_MAX_MS, `an answer took ${report.slowestMs} ms`);
      t.diagnostic(JSON.stringify({ ...ledger.verdicts, ...(await ledger.settle(client)), ...report }));
      // 4 lanes and 15 connections that read, at most.
      assert.ok(proxy.connections <= 19, `${proxy.connections} connections are open`);
      await assertClean(url);
    });
  },
  ['mysql', 'postgresql'],
);
