// A database that does not answer any more: its processes stopped, or the line to it dead. Every request is answered by
// the deadline, those that wait behind others too, and nothing piles up; afterwards all is as before.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { assertClean, expectStatus } from '../support/world.ts';
import { LATENESS_MAX_MS, OWN_SERVERS, startFaultService, throughPort } from './fault-service.ts';
import { Ledger } from './ledger.ts';
import { Traffic } from './traffic.ts';

const DEADLINE_S = 2;
const CLIENTS = 100;
const STALL_MS = 5_000;
/** Sockets and queues of a hundred clients are small; a leak would be of every attempt of every request. */
const GROWTH_MAX_MB = 120;
/** 4 lanes and 15 connections that read, at most. */
const CONNECTIONS_MAX = 19;

describe('a database that stalls', { concurrency: true, timeout: 120_000 }, () => {
  for (const { title, skip, start } of OWN_SERVERS) {
    test(`holds no request beyond the deadline, ${title}`, { skip }, async (t) => {
      const server = await start();
      const url = server.url(await server.createDatabase());
      const proxy = await startTcpProxy(server.port);
      const service = await startFaultService({ url: throughPort(url, proxy.port), deadlineSeconds: DEADLINE_S });
      const { berth, client, deadlineMs } = service;
      const ledger = await Ledger.open(client, 4);
      const traffic = new Traffic(client, ledger, CLIENTS);
      await traffic.progress(50);

      const before = memoryOf(berth.pid);
      server.pause();
      await pause(STALL_MS);
      const after = memoryOf(berth.pid);
      const sockets = proxy.connections;
      server.resume();
      await traffic.progress(50);
      assert.ok(sockets <= 2 * CONNECTIONS_MAX, `${sockets} connections to a server that does not answer`);

      for (const direction of ['to-server', 'to-client'] as const) {
        proxy.stall(direction);
        await pause(deadlineMs + 500);
        proxy.heal();
        await traffic.progress(50);
      }

      const report = await traffic.stop();
      const settled = await ledger.settle(client);
      const growth = after.residentMb - before.residentMb;
      const figures = { stalls: 3, clients: CLIENTS, ...ledger.verdicts, ...settled, ...report };
      t.diagnostic(`${title}: ${JSON.stringify({ ...figures, growthMb: growth, sockets })}`);
      assert.ok(ledger.verdicts.refused > 0);
      assert.ok(report.slowestMs < deadlineMs + LATENESS_MAX_MS, `an answer took ${report.slowestMs} ms`);
      assert.ok(growth < GROWTH_MAX_MB, `${growth} MB more`);
      assert.ok(proxy.connections <= CONNECTIONS_MAX, `${proxy.connections} connections are open`);
      expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=1'), 200);
      await assertClean(url);
      assert.equal(await berth.stop(), 0);
    });
  }
});

/** What the process holds in memory. */
function memoryOf(pid: number): { readonly residentMb: number } {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { residentMb: Math.round(Number(line?.[1]) / 1024) };
}
