// The write-ahead log of a SQLite file under a load of writes: it begins anew, again and again, and whoever reads from it
// keeps nobody from writing.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Checkpointer } from '../../src/store/sqlite/checkpointer.ts';
import { SqliteConnection } from '../../src/store/sqlite/connection.ts';

const LOG_PAGES_MAX = 200;
const PAGE_BYTES = 4096;
/** Between two turns of the writer, whose checkpoints are at least 200 ms apart. */
const TURN_MS = 5;

async function writing(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'berth-checkpoint-'));
  const path = join(folder, 'berth.sqlite');
  const writer = new SqliteConnection({ path, durability: 'at-flush', busyTimeoutMs: 0 });
  await writer.command('PRAGMA wal_autocheckpoint = 0');
  await writer.command('CREATE TABLE filler (id INTEGER PRIMARY KEY, text TEXT)');
  const checkpointer = new Checkpointer({ databasePath: path, whenStarted: () => {}, logPagesMax: LOG_PAGES_MAX });
  t.after(() => {
    checkpointer.close();
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    path,
    /** As a lane writes: waits for its turn, then commits about ten pages. */
    write: async () => {
      await checkpointer.mayWrite();
      await writer.command('BEGIN IMMEDIATE');
      await writer.command(`INSERT INTO filler (text) VALUES (hex(randomblob(${5 * PAGE_BYTES})))`);
      await writer.command('COMMIT');
      checkpointer.committed();
      await pause(TURN_MS);
    },
    logPages: () => statSync(`${path}-wal`).size / PAGE_BYTES,
  };
}

test('the log stays about as long as it may, however much is written', async (t) => {
  const { write, logPages } = await writing(t);
  const lengths: number[] = [];
  for (let commit = 0; commit < 1_500; commit += 1) {
    await write();
    lengths.push(logPages());
  }
  // A file that is written over keeps its size: the longest says what there ever was.
  const longest = Math.max(...lengths);
  t.diagnostic(`15,000 pages written, longest log ${Math.round(longest)} pages`);
  assert.ok(longest > LOG_PAGES_MAX, 'nothing was tried');
  assert.ok(longest < 15_000 / 4, `${longest} pages`);
});

test('a reader that stays on an old state lets writers go on', async (t) => {
  const { path, write, logPages } = await writing(t);
  const reader = new SqliteConnection({ path, durability: 'at-commit', busyTimeoutMs: 0 });
  t.after(() => reader.close());
  await write();
  await reader.command('BEGIN');
  await reader.tableNames();
  for (let commit = 0; commit < 300; commit += 1) await write();
  const kept = logPages();
  assert.ok(kept >= 3_000, `all that was written is in the log: ${kept} pages`);
  await reader.command('ROLLBACK');
  for (let commit = 0; commit < 600; commit += 1) await write();
  assert.ok(logPages() < kept * 2.5, `it began anew: ${logPages()} pages`);
});
