// Opens a store on a SQLite file: one connection that writes, one that reads, one that watches.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../connection.ts';
import type { LaneEvent } from '../lane-events.ts';
import { prepareSchema } from '../migrations/index.ts';
import type { DdlWords } from '../migrations/migration.ts';
import { SchemaError } from '../migrations/schema-error.ts';
import { ReadPool } from '../read-pool.ts';
import { seedStandardNames } from '../seed.ts';
import { Store } from '../store.ts';
import { WriteLane } from '../write-lane.ts';
import { Checkpointer, LOG_PAGES_WITHOUT_THREAD } from './checkpointer.ts';
import { SqliteConnection } from './connection.ts';
import { SCHEMA } from './schema.ts';
import { explainingTrouble, makeFolderOf } from './unusable.ts';

export interface SqliteStoreOptions {
  /** A path, or `:memory:` for a database that ends with the store. */
  readonly path: string;
  /** False: commits are not flushed to disk, and a power cut may lose the last ones. */
  readonly synchronous: boolean;
  /** How long the operator lets a write wait for the lock of another process. */
  readonly busyTimeoutMs: number;
  /** How long a request may wait in all; ten seconds when absent. */
  readonly deadlineMs?: number;
  /** Make or migrate the tables first; otherwise they must be there. */
  readonly sync: boolean;
  /** False: the standard names are left to the service's start. */
  readonly seed?: boolean;
  readonly observe?: (event: LaneEvent) => void;
}

const WORDS: DdlWords = { longText: 'TEXT', ifNotExists: '', growingId: 'INTEGER PRIMARY KEY' };
/** A commit costs a flush of the disk, whoever shares it; 64 requests take about as long as that. */
const BATCH_MAX = 64;
/** How long a commit waits for more to share it. Half as many commits are worth more to 64 clients than the wait. */
const GATHER_MAX_MS = 0.7;
/** Reads may find the file locked for the moment in which another process recovers or truncates the log. */
const READ_BUSY_TIMEOUT_MS = 1_000;
/** SQLite counts in 32 bits. */
const COMMITS_OF_A_CONNECTION = 2 ** 32;
/** The start and the commands wait at least this long, however short the operator's lock time-out is. */
const DEADLINE_MIN_MS = 10_000;
/** The driver's own lock time-out. Only a longer one, which somebody asked for, moves the deadline of requests. */
const USUAL_BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the file, makes the schema if told to, and seeds the standard names. Throws SchemaError or
 * DatabaseUnusableError, and then has made no file that was not to be made.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = options.path === ':memory:' ? temporaryFile() : { path: options.path, remove: () => {} };
  const durability = options.synchronous ? 'at-commit' : 'never';
  const connect = (busyTimeoutMs: number) => new SqliteConnection({ path: file.path, durability, busyTimeoutMs });
  const { busyTimeoutMs, deadlineMs: givenMs = DEADLINE_MIN_MS } = options;
  const deadlineMs = busyTimeoutMs > USUAL_BUSY_TIMEOUT_MS ? Math.max(givenMs, busyTimeoutMs) : givenMs;

  // Migrating happens before anyone is served, so blocking for the lock is right there.
  if (options.sync) makeFolderOf(file.path);
  else if (!existsSync(file.path)) throw missing(file.path);
  await explainingTrouble(file.path, async () => {
    const starter = connect(Math.max(busyTimeoutMs, DEADLINE_MIN_MS));
    try {
      await starter.command('BEGIN IMMEDIATE');
      await prepareSchema(starter, { placement: SCHEMA, words: WORDS }, options.sync);
      await starter.command('COMMIT');
    } finally {
      starter.close();
    }
  });

  const reader = connect(READ_BUSY_TIMEOUT_MS);
  const writer = new LaneConnections(() => {
    const durability = options.synchronous ? 'at-flush' : 'never';
    // The lane never blocks the process for a lock: it pauses without holding anything and tries again.
    return new SqliteConnection({ path: file.path, durability, busyTimeoutMs: 0 });
  });
  const checkpointer = new Checkpointer({
    databasePath: file.path,
    whenStarted: () => writer.leaveCheckpoints(),
  });
  const store = new Store({
    // Statements do not overlap within a process anyway, so one connection reads as fast as several.
    reads: new ReadPool({ connect: async () => reader, connectionsMax: 1, begin: 'BEGIN', deadlineMs }),
    lanes: [
      new WriteLane({
        connect: async () => writer.connect(),
        gather: async (queued) => {
          await whileMoreCome(queued);
          await checkpointer.mayWrite();
        },
        begin: 'BEGIN IMMEDIATE',
        batchMax: BATCH_MAX,
        deadlineMs,
        now: () => new Date(),
        observe: (event) => {
          if (event.kind === 'committed') checkpointer.committed();
          options.observe?.(event);
        },
      }),
    ],
    foreignCommits: () => writer.foreignCommits(),
    // A new row gets the highest id plus one, be that of a row that was deleted.
    reusesIds: true,
    afterClose: () => {
      checkpointer.close();
      file.remove();
    },
  });
  if (options.seed !== false) await store.write(seedStandardNames);
  return store;
}

/** Requests that arrive together are read from their sockets in one turn of the event loop, or in a few. */
async function whileMoreCome(queued: () => number): Promise<void> {
  const until = performance.now() + GATHER_MAX_MS;
  let before: number;
  do {
    before = queued();
    await setImmediate();
  } while (queued() > before && queued() < BATCH_MAX && performance.now() < until);
}

/** The connection of the lane, and what it tells of other processes: its own commits do not count there. */
class LaneConnections {
  readonly #open: () => SqliteConnection;
  #current: SqliteConnection | undefined;
  #opened = 0;

  constructor(open: () => SqliteConnection) {
    this.#open = open;
  }

  connect(): SqliteConnection {
    this.#current = this.#open();
    this.#opened += 1;
    return this.#current;
  }

  /** A lane without its own checkpoints would let the log grow for ever, were the thread that makes them to fail. */
  leaveCheckpoints(): void {
    void this.#current?.command(`PRAGMA wal_autocheckpoint = ${LOG_PAGES_WITHOUT_THREAD}`);
  }

  /** Changes with every commit of another process; each connection counts from a beginning of its own. */
  foreignCommits(): number | undefined {
    return this.#current?.isOpen ? this.#opened * COMMITS_OF_A_CONNECTION + this.#current.dataVersion() : undefined;
  }
}

/** Runs the work on a connection for changing the schema. Throws SchemaError when there is no file. */
export async function withSqliteConnection<Result>(
  options: Pick<SqliteStoreOptions, 'path' | 'synchronous' | 'busyTimeoutMs'>,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  if (!existsSync(options.path)) throw missing(options.path);
  return explainingTrouble(options.path, async () => {
    const connection = new SqliteConnection({
      path: options.path,
      durability: options.synchronous ? 'at-commit' : 'never',
      busyTimeoutMs: Math.max(options.busyTimeoutMs, DEADLINE_MIN_MS),
    });
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  });
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
