// The database is killed and comes back in the middle of a stream of writes and reads. Berth goes on by itself.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertClean } from '../support/world.ts';
import { LATENESS_MAX_MS, OWN_SERVERS, startFaultService } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { Traffic } from './traffic.ts';

const CLIENTS = 16;
const QUICK_ROUNDS = 3;
const DEADLINE_S = 3;

for (const { title, skip, start } of OWN_SERVERS) {
  describe(`a database that is killed, ${title}`, { skip, timeout: 120_000 }, () => {
    test('loses nothing that was acknowledged and is found again', async (t) => {
      const server = await start();
      const url = server.url(await server.createDatabase());
      const berth = await startFaultService({ url, deadlineSeconds: DEADLINE_S });
      const ledger = await Ledger.open(berth.client, 4);
      const traffic = new Traffic(berth.client, ledger, CLIENTS);

      for (let round = 0; round < QUICK_ROUNDS; round += 1) {
        await traffic.progress(20);
        await pause(Math.random() * 200);
        await server.kill();
        await server.start();
      }
      await traffic.progress(20);
      await server.kill();
      await pause((DEADLINE_S + 1) * 1000);
      const refusedBefore = ledger.verdicts.refused;
      assert.ok(refusedBefore > 0, 'without a database, writes are refused');
      await server.start();
      await traffic.progress(50);

      const { slowestMs, ...counts } = await traffic.stop();
      assert.ok(slowestMs < berth.deadlineMs + LATENESS_MAX_MS, `an answer took ${slowestMs} ms`);
      const settled = await ledger.settle(berth.client);
      t.diagnostic(JSON.stringify({ kills: QUICK_ROUNDS + 1, ...ledger.verdicts, ...settled, ...counts, slowestMs }));
      await assertClean(url);
      assert.equal(await berth.stop(), 0);
    });
  });
}
