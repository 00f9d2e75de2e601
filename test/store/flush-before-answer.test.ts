// Durability of SQLite writes: what is acknowledged has been flushed. Seen from outside, through the system calls of the
// process: a write is answered only after a flush of the log that began after its commit.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ensureProject } from '../../src/store/records/consumers.ts';
import { SqliteConnection } from '../../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { WriteLane } from '../../src/store/write-lane.ts';

async function fileWithTables(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-flush-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'berth.sqlite');
  const store = await openSqliteStore({ path, synchronous: false, busyTimeoutMs: 1000, sync: true, seed: false });
  await store.close();
  return path;
}

test('a write is answered after the flush of its commit; the lane goes on meanwhile', async (t) => {
  const path = await fileWithTables(t);
  const connection = new SqliteConnection({ path, durability: 'at-flush', busyTimeoutMs: 0 });
  const flushes: PromiseWithResolvers<void>[] = [];
  const flush = (): Promise<void> => {
    const pending = Promise.withResolvers<void>();
    flushes.push(pending);
    return pending.promise;
  };
  const lane = new WriteLane({
    connect: async () => Object.assign(connection, { flush }),
    begin: 'BEGIN IMMEDIATE',
    batchMax: 64,
    deadlineMs: 60_000,
    now: () => new Date(),
  });
  const commits: number[] = [];
  lane.watch(({ seq }) => commits.push(seq));
  const answered: string[] = [];
  const write = (name: string) => lane.write((tx) => ensureProject(tx, name)).then(() => answered.push(name));

  const first = write('one');
  await turns();
  assert.deepEqual({ commits, answered }, { commits: [1], answered: [] });
  const others = [write('two'), write('three')];
  await turns();
  assert.deepEqual({ commits, answered }, { commits: [1, 2], answered: [] }, 'two and three share a commit');
  flushes[0]?.resolve();
  await first;
  assert.deepEqual(answered, ['one']);
  flushes[1]?.resolve();
  await Promise.all(others);
  assert.deepEqual(answered, ['one', 'two', 'three']);
  await lane.close();
});

test('the flush of a real file resolves, again and again, and beside a checkpoint', async (t) => {
  const path = await fileWithTables(t);
  const connection = new SqliteConnection({ path, durability: 'at-flush', busyTimeoutMs: 0 });
  const other = new SqliteConnection({ path, durability: 'at-commit', busyTimeoutMs: 0 });
  for (let round = 0; round < 3; round += 1) {
    await connection.command(`CREATE TABLE round_${round} (id INTEGER)`);
    await Promise.all([connection.flush?.(), connection.flush?.()]);
    await other.command('PRAGMA wal_checkpoint(TRUNCATE)');
  }
  assert.ok((await other.tableNames()).has('round_2'));
  connection.close();
  other.close();
});

/** A few turns of the event loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
