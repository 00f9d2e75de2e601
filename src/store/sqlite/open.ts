// Opens a store on a SQLite file: one connection that writes, one that reads, one that watches for the model's sake.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertSchema, migrate } from '../migrations/index.ts';
import { ReadConnection } from '../read-connection.ts';
import { seedStandardNames } from '../seed.ts';
import { Store } from '../store.ts';
import { WriteLane } from '../write-lane.ts';
import { SqliteConnection } from './connection.ts';
import { sqliteErrorPlan } from './errors.ts';

export interface SqliteStoreOptions {
  /** A path, or `:memory:` for a database that ends with the store. */
  readonly path: string;
  readonly synchronous: boolean;
  /** How long a write may wait for the lock of another process. */
  readonly busyTimeoutMs: number;
  /** Make or migrate the tables first; otherwise they must be there. */
  readonly sync: boolean;
}

/** Reads may find the file locked for the moment in which another process recovers or truncates the log. */
const READ_BUSY_TIMEOUT_MS = 1_000;
/** A write waits at least this long, however short the operator's lock time-out is. */
const WRITE_DEADLINE_MIN_MS = 10_000;

/** Opens the file, makes the schema if told to, and seeds the standard names. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = options.path === ':memory:' ? temporaryFile() : { path: options.path, remove: () => {} };
  mkdirSync(dirname(file.path), { recursive: true });
  const connect = (busyTimeoutMs: number) =>
    new SqliteConnection({ path: file.path, synchronous: options.synchronous, busyTimeoutMs });

  // Migrating happens before anyone is served, so blocking for the lock is right there.
  const starter = connect(Math.max(options.busyTimeoutMs, WRITE_DEADLINE_MIN_MS));
  try {
    await starter.command('BEGIN IMMEDIATE');
    if (options.sync) await migrate(starter);
    else await assertSchema(starter);
    await starter.command('COMMIT');
  } finally {
    starter.close();
  }

  // The lane never blocks the process for a lock: it pauses without holding anything and tries again.
  const writer = connect(0);
  const reader = connect(READ_BUSY_TIMEOUT_MS);
  const store = new Store({
    reader: new ReadConnection(reader),
    lane: new WriteLane({
      connection: writer,
      errorPlan: sqliteErrorPlan,
      begin: 'BEGIN IMMEDIATE',
      deadlineMs: Math.max(options.busyTimeoutMs, WRITE_DEADLINE_MIN_MS),
      now: () => new Date(),
    }),
    commitCounter: () => reader.dataVersion(),
    closeConnections: () => {
      reader.close();
      writer.close();
      file.remove();
    },
  });
  await store.write(seedStandardNames);
  return store;
}

function temporaryFile(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'berth-'));
  return { path: join(folder, 'berth.sqlite'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
