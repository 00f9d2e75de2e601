// Opens a store on a SQLite file: one connection that writes, one that reads, one that watches for the model's sake.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSchema, migrate, SchemaError } from '../migrations/index.ts';
import { ReadConnection } from '../read-connection.ts';
import { seedStandardNames } from '../seed.ts';
import { Store } from '../store.ts';
import { WriteLane } from '../write-lane.ts';
import { SqliteConnection } from './connection.ts';
import { sqliteErrorPlan } from './errors.ts';
import { explainingTrouble, makeFolderOf } from './unusable.ts';

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

/**
 * Opens the file, makes the schema if told to, and seeds the standard names. Throws SchemaError or
 * DatabaseUnusableError, and then has made no file that was not to be made.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = options.path === ':memory:' ? temporaryFile() : { path: options.path, remove: () => {} };
  const connect = (busyTimeoutMs: number) =>
    new SqliteConnection({ path: file.path, synchronous: options.synchronous, busyTimeoutMs });

  // Migrating happens before anyone is served, so blocking for the lock is right there.
  if (options.sync) makeFolderOf(file.path);
  else if (!existsSync(file.path)) throw missing(file.path);
  await explainingTrouble(file.path, async () => {
    const starter = connect(Math.max(options.busyTimeoutMs, WRITE_DEADLINE_MIN_MS));
    try {
      await starter.command('BEGIN IMMEDIATE');
      if (options.sync) await migrate(starter);
      else await assertSchema(starter);
      await starter.command('COMMIT');
    } finally {
      starter.close();
    }
  });

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

function missing(path: string): SchemaError {
  return new SchemaError(
    `there is no database at ${path}: run \`berth db sync\`, or set \`sync_on_startup = true\` in [placement_database]`,
  );
}

function temporaryFile(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'berth-'));
  return { path: join(folder, 'berth.sqlite'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
