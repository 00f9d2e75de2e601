// Sends load from a process of its own, so that its processor time is not taken for the service's. Times run from the
// moment at which a turn was due, not from that at which it could be sent: a service that stalls cannot hide it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { quantile } from '../measure/quantile.ts';
import { type Client, createClient } from './clients.ts';
import type { Load, LoadResult } from './load.ts';

export interface LoadGenerator {
  run(load: Load): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** Starts the process. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(import.meta.url), ['generate'], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    async run(load) {
      child.send(load);
      const [result] = await once(child, 'message');
      return result;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function generate(load: Load): Promise<LoadResult> {
  const cpuBefore = process.cpuUsage();
  const byStatus: Record<string, number> = {};
  const times: number[] = [];
  let [bytes, answers, done, begun, underWay, next] = [0, 0, 0, 0, 0, 0];
  const turnsMax = load.turnsMax ?? Number.POSITIVE_INFINITY;
  const nextRequest = () => load.requests[next++ % load.requests.length] ?? '';
  const count = (status: string, length: number) => {
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    answers += 1;
    bytes += length;
  };
  const clients = Array.from({ length: load.clients }, () => createClient(load, nextRequest, count));
  const beganAt = performance.now();
  const endsAt = beganAt + load.seconds * 1000;
  let lastAt = beganAt;
  const begin = (client: Client, dueAt: number, ended: () => void) => {
    begun += 1;
    underWay += 1;
    client.turn((well) => {
      underWay -= 1;
      lastAt = performance.now();
      times.push(lastAt - dueAt);
      if (well) done += 1;
      ended();
    });
  };

  if (load.rate === null) {
    const keepOn = (client: Client) => {
      const now = performance.now();
      if (now < endsAt && begun < turnsMax) begin(client, now, () => keepOn(client));
    };
    for (const client of clients) keepOn(client);
    while (performance.now() < endsAt && begun < turnsMax) await pause(2);
  } else {
    await openLoop(load.rate, beganAt, endsAt, clients, begin);
  }
  while (underWay > 0) await pause(1);
  for (const client of clients) client.close();
  const used = process.cpuUsage(cpuBefore);
  return {
    done,
    byStatus,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: quantile(times, 1),
    tookMs: lastAt - beganAt,
    answerBytes: answers === 0 ? 0 : bytes / answers,
    generatorMs: (used.user + used.system) / 1000,
  };
}

async function openLoop(
  rate: number,
  beganAt: number,
  endsAt: number,
  clients: readonly Client[],
  begin: (client: Client, dueAt: number, ended: () => void) => void,
): Promise<void> {
  const idle = [...clients];
  const gapMs = 1000 / rate;
  let due = 0;
  const sendDue = () => {
    for (; idle.length > 0; due += 1) {
      const dueAt = beganAt + due * gapMs;
      if (dueAt > performance.now() || dueAt >= endsAt) return;
      const client = idle.pop();
      if (client === undefined) return;
      begin(client, dueAt, () => {
        idle.push(client);
        sendDue();
      });
    }
  };
  // What is due by the end is sent, however late.
  while (beganAt + due * gapMs < endsAt) {
    sendDue();
    // Timers are exact to a millisecond only; closer than that it looks at the sockets and at the clock in turn.
    const waitMs = idle.length === 0 ? 1 : beganAt + due * gapMs - performance.now();
    if (waitMs > 2) await pause(Math.floor(waitMs - 1));
    else await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

if (process.argv[2] === 'generate') {
  process.on('message', (load: Load) => {
    void generate(load).then((result) => process.send?.(result));
  });
}
