// Opens a store on a database server: several lanes that write, a pool that reads. What MySQL and PostgreSQL have in
// common; what differs they pass in.

import { BerthError } from '../domain/errors/declare.ts';
import type { Connection } from './connection.ts';
import { DatabaseFailure, DatabaseUnusableError, StaleRead } from './database-errors.ts';
import type { LaneEvent } from './lane-events.ts';
import { prepareSchema, recordedRevision, type SchemaOfDatabase } from './migrations/index.ts';
import { ReadPool } from './read-pool.ts';
import { seedStandardNames } from './seed.ts';
import { Store } from './store.ts';
import { WriteLane } from './write-lane.ts';

/** Each of a handful of processes can disturb another at each of about twenty steps; they rarely do it twice. */
const SCHEMA_ATTEMPTS = 40;
const SCHEMA_PAUSE_MAX_MS = 200;
/** Claims that wait together are made in a handful of statements, however many they are. */
const BATCH_MAX = 64;
const SEED_DEADLINE_MS = 120_000;

export interface ServerStoreOptions {
  /** Make or migrate the tables first; otherwise they must be there. */
  readonly sync: boolean;
  /** False: the standard names are left to the service's start. */
  readonly seed?: boolean;
  readonly readConnectionsMax: number;
  /** How long a read waits for a free connection, at most; absent: its deadline. */
  readonly readWaitMaxMs?: number;
  /** An older connection is replaced before its next use; absent or null: never. */
  readonly connectionAgeMaxMs?: number | null;
  readonly writeLanes: number;
  /** How long a request may wait for the database, all attempts together. */
  readonly deadlineMs: number;
  /** Attempts to reach the server at start; null: without end. */
  readonly startAttempts: number | null;
  readonly startIntervalMs: number;
  readonly observe?: (event: LaneEvent) => void;
}

/** How one kind of server is spoken to. */
export interface ServerDialogue {
  readonly schema: SchemaOfDatabase;
  /** A connection for making the schema: its statements may take long. */
  readonly connectForSchema: () => Promise<Connection>;
  readonly connectForWriting: () => Promise<Connection>;
  readonly connectForReading: () => Promise<Connection>;
  /** Opens a write transaction whose statements each see what is committed by then. */
  readonly beginWriting: string;
  /**
   * The same for work that was not run before: where the server is slow to see a deadlock, one that gives up soon for a
   * locked row. Absent: {@link beginWriting}.
   */
  readonly beginWritingFirst?: string;
  /** Opens a transaction whose reads all see one moment. */
  readonly beginReading: string;
  /** Runs the work while no other process does the same. */
  readonly underSchemaLock: (connection: Connection, work: () => Promise<void>) => Promise<void>;
  /** Throws DatabaseUnusableError when the server does not do what the store rests on. */
  readonly prove: (connection: Connection) => Promise<void>;
}

/** Reaches the server, makes the schema if told to, and seeds the standard names. */
export async function openServerStore(options: ServerStoreOptions, dialogue: ServerDialogue): Promise<Store> {
  const starter = await reach(options, dialogue.connectForSchema);
  try {
    await explainingTrouble(() =>
      untilUndisturbed(async () => {
        await dialogue.underSchemaLock(starter, () => prepareSchema(starter, dialogue.schema, options.sync));
        await dialogue.prove(starter);
      }),
    );
  } finally {
    starter.close();
  }
  const newLane = (deadlineMs: number) =>
    new WriteLane({
      connect: dialogue.connectForWriting,
      begin: dialogue.beginWriting,
      ...(dialogue.beginWritingFirst === undefined ? {} : { beginFirst: dialogue.beginWritingFirst }),
      batchMax: BATCH_MAX,
      inHalves: true,
      deadlineMs,
      connectionAgeMaxMs: options.connectionAgeMaxMs ?? null,
      now: () => new Date(),
      ...(options.observe === undefined ? {} : { observe: options.observe }),
    });
  if (options.seed !== false) await seed(newLane(SEED_DEADLINE_MS));
  return new Store({
    reads: new ReadPool({
      connect: dialogue.connectForReading,
      connectionsMax: options.readConnectionsMax,
      begin: dialogue.beginReading,
      deadlineMs: options.deadlineMs,
      ...(options.readWaitMaxMs === undefined ? {} : { waitMaxMs: options.readWaitMaxMs }),
      connectionAgeMaxMs: options.connectionAgeMaxMs ?? null,
    }),
    lanes: Array.from({ length: options.writeLanes }, () => newLane(options.deadlineMs)),
    foreignCommits: undefined,
    reusesIds: false,
    afterClose: () => {},
  });
}

/** Nobody waits for an answer yet, and several hundred names may have to be written. */
async function seed(lane: WriteLane): Promise<void> {
  try {
    await lane.write(seedStandardNames);
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    throw new DatabaseUnusableError('the database cannot be used: the standard names could not be written to it');
  } finally {
    await lane.close();
  }
}

/** The recorded revision of the schema, or null when there is none. Makes nothing. */
export async function readRevisionFrom(
  options: ServerStoreOptions,
  connect: () => Promise<Connection>,
): Promise<string | null> {
  return withServerConnection(options, connect, recordedRevision);
}

/** Runs the work on a connection of its own. */
export async function withServerConnection<Result>(
  options: ServerStoreOptions,
  connect: () => Promise<Connection>,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await reach(options, connect);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** The first connection. A server that does not answer yet is waited for; a refusal is final (operations §1.8.5). */
async function reach(options: ServerStoreOptions, connect: () => Promise<Connection>): Promise<Connection> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      const mayComeYet =
        error.plan === 'reconnect' && (options.startAttempts === null || attempt < options.startAttempts);
      if (!mayComeYet) throw unusable(error);
      await new Promise((resolve) => setTimeout(resolve, options.startIntervalMs));
    }
  }
}

/**
 * Runs the work again when somebody else was at the same: a lock of one Galera node says nothing to the others, and
 * processes that start at once on each of them all make the schema. Every step of it may be repeated.
 */
async function untilUndisturbed(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const wasDisturbed =
        error instanceof StaleRead || (error instanceof DatabaseFailure && error.plan === 'run-again');
      if (!wasDisturbed || attempt === SCHEMA_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SCHEMA_PAUSE_MAX_MS));
    }
  }
}

async function explainingTrouble(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DatabaseFailure && error.plan !== 'bug') throw unusable(error);
    throw error;
  }
}

function unusable(failure: DatabaseFailure): DatabaseUnusableError {
  const reason = failure.cause instanceof Error ? failure.cause.message || failure.cause.name : String(failure.cause);
  return new DatabaseUnusableError(`the database cannot be used: ${reason}`);
}
