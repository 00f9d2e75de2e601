// Work that was never run before may be opened by a command of its own, such as one that gives up soon for a locked row;
// once it was run and came to nothing, it is opened by the other, which waits.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StaleRead } from '../../src/store/database-errors.ts';
import { ensureProject } from '../../src/store/records/consumers.ts';
import { SqliteConnection } from '../../src/store/sqlite/connection.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { WriteTransaction } from '../../src/store/transaction.ts';
import { WriteLane } from '../../src/store/write-lane.ts';

const FIRST = 'BEGIN IMMEDIATE';
const AGAIN = 'BEGIN EXCLUSIVE';

test('the first run is opened by its own command, each further one by the other', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-first-attempt-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'berth.sqlite');
  const store = await openSqliteStore({ path, synchronous: false, busyTimeoutMs: 1000, sync: true, seed: false });
  await store.close();
  const connection = new SqliteConnection({ path, durability: 'at-commit', busyTimeoutMs: 0 });
  const commands: string[] = [];
  const command = (text: string): Promise<void> => {
    commands.push(text);
    return SqliteConnection.prototype.command.call(connection, text);
  };
  const lane = new WriteLane({
    connect: async () => Object.assign(connection, { command }),
    begin: AGAIN,
    beginFirst: FIRST,
    batchMax: 64,
    deadlineMs: 60_000,
    now: () => new Date(),
  });
  const disturbed = (name: string, times: number) => async (tx: WriteTransaction) => {
    await ensureProject(tx, name);
    if (tx.attempt < times) throw new StaleRead('a row');
  };

  await lane.write(disturbed('alone', 2));
  assert.deepEqual(commands, [FIRST, 'ROLLBACK', AGAIN, 'ROLLBACK', AGAIN, 'COMMIT']);
  commands.length = 0;
  await Promise.all([lane.write(disturbed('one', 1)), lane.write(disturbed('two', 0))]);
  const opened = commands.filter((text) => text.startsWith('BEGIN'));
  assert.deepEqual(opened, [FIRST, AGAIN, AGAIN], 'together, then each by itself');
  await lane.close();
});
