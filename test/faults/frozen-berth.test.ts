// A Berth process that is stopped in the middle of a transaction, or cut off, holds its locks no longer than two
// deadlines: the others go on. When it wakes up, what it could not finish is whole or not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { assertClean } from '../support/world.ts';
import { LATENESS_MAX_MS, startFaultService, throughPort } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { COMMIT } from './packets.ts';

const DEADLINE_S = 1;
const FROZEN_DEADLINES = 2;

forEachDatabase(
  'a frozen process',
  (database) => {
    test('does not keep its locks', async (t) => {
      const url = await database.freshUrl();
      const proxy = await startTcpProxy(database.server.port);
      const frozen = await startFaultService({ url: throughPort(url, proxy.port), deadlineSeconds: DEADLINE_S });
      const other = await startFaultService({ url, deadlineSeconds: DEADLINE_S });
      const ledger = await Ledger.open(other.client, 1);

      const held = proxy.holdBefore(COMMIT);
      const open = ledger.write(frozen.client, ledger.newConsumer(0), 1);
      const release = await held;
      process.kill(frozen.berth.pid, 'SIGSTOP');
      const begin = performance.now();
      while ((await ledger.write(other.client, ledger.newConsumer(0), 1)) !== 'acknowledged') await pause(50);
      const blockedMs = Math.round(performance.now() - begin);
      process.kill(frozen.berth.pid, 'SIGCONT');
      release();

      await open;
      const { refused } = ledger.verdicts;
      t.diagnostic(`the others were blocked for ${blockedMs} ms and refused ${refused} writes`);
      assert.ok(blockedMs < (FROZEN_DEADLINES + 1) * DEADLINE_S * 1000 + LATENESS_MAX_MS);
      assert.equal(await ledger.write(frozen.client, ledger.newConsumer(0), 1), 'acknowledged');
      await ledger.settle(frozen.client);
      await assertClean(url);
    });
  },
  ['mysql', 'postgresql'],
);
