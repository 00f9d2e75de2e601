// Several who open a new SQLite file at the same moment.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const ROUNDS = 20;
const OPENERS = 6;
const CONNECTION = new URL('../../src/store/sqlite/connection.ts', import.meta.url).href;

/** Waits for the start, opens the file named, says what came of it. */
const OPENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(${JSON.stringify(CONNECTION)}).then(({ SqliteConnection }) => {
    parentPort.on('message', (path) => {
      Atomics.wait(workerData, 0, 0);
      try {
        new SqliteConnection({ path, durability: 'never', busyTimeoutMs: 10_000 }).close();
        parentPort.postMessage('opened');
      } catch (error) {
        parentPort.postMessage(String(error.cause ?? error));
      }
    });
    parentPort.postMessage('ready');
  });
`;

test(`${OPENERS} open a new file at once, ${ROUNDS} times: all of them can`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-sqlite-start-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const start = new Int32Array(new SharedArrayBuffer(4));
  const openers = Array.from({ length: OPENERS }, () => new Worker(OPENER, { eval: true, workerData: start }));
  t.after(() => Promise.all(openers.map((opener) => opener.terminate())));
  const heard = () => Promise.all(openers.map(async (opener) => (await once(opener, 'message'))[0]));
  await heard();
  for (let round = 0; round < ROUNDS; round += 1) {
    Atomics.store(start, 0, 0);
    const results = heard();
    for (const opener of openers) opener.postMessage(join(folder, `${round}.sqlite`));
    await pause(5);
    Atomics.store(start, 0, 1);
    Atomics.notify(start, 0);
    assert.deepEqual(new Set(await results), new Set(['opened']), `round ${round}`);
  }
});
