// The database is killed and comes back in the middle of a stream of writes and reads. Berth goes on by itself.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertClean } from '../support/world.ts';
import { LATENESS_MAX_MS, OWN_SERVERS, startFaultService } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { Traffic } from './traffic.ts';

const CLIENTS = 16;
const QUICK_ROUNDS = 2;
const DEADLINE_S = 2;
/** Of deadlines until a write must have been refused. */
const TURNS_MAX = 5;

describe('a database that is killed', { concurrency: true, timeout: 120_000 }, () => {
  for (const { title, skip, start } of OWN_SERVERS) {
    test(`loses nothing that was acknowledged and is found again, ${title}`, { skip }, async (t) => {
      const server = await start();
      const url = server.url(await server.createDatabase());
      const { berth, client, deadlineMs } = await startFaultService({ url, deadlineSeconds: DEADLINE_S });
      const ledger = await Ledger.open(client, 4);
      const traffic = new Traffic(client, ledger, CLIENTS);

      for (let round = 0; round < QUICK_ROUNDS; round += 1) {
        await traffic.progress(10);
        await pause(Math.random() * 200);
        await server.kill();
        await server.start();
      }
      await traffic.progress(10);
      await server.kill();
      await pause(deadlineMs + 1_000);
      // Of a client's turns a third are writes, and without a database each takes the whole deadline.
      for (let turn = 0; turn < TURNS_MAX && ledger.verdicts.refused === 0; turn += 1) await pause(deadlineMs);
      assert.ok(ledger.verdicts.refused > 0, 'without a database, writes are refused');
      await server.start();
      await traffic.progress(20);

      const report = await traffic.stop();
      assert.ok(report.slowestMs < deadlineMs + LATENESS_MAX_MS, `an answer took ${report.slowestMs} ms`);
      const settled = await ledger.settle(client);
      t.diagnostic(
        `${title}: ${JSON.stringify({ kills: QUICK_ROUNDS + 1, ...ledger.verdicts, ...settled, ...report })}`,
      );
      await assertClean(url);
      assert.equal(await berth.stop(), 0);
    });
  }
});
