// Opens a store on PostgreSQL.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import type { DatabaseTls, ServerEndpoint, ServerLocation } from '../../config/settings.ts';
import { POSTGRESQL_SESSION_MARK } from '../coexistence/triggers.ts';
import type { Connection } from '../connection.ts';
import { DatabaseFailure } from '../database-errors.ts';
import type { DdlWords } from '../migrations/migration.ts';
import { openServerStore, readRevisionFrom, type ServerStoreOptions, withServerConnection } from '../server-store.ts';
import type { Store } from '../store.ts';
import { connectPostgresql, type PostgresqlConnection } from './connection.ts';
import { SCHEMA } from './schema.ts';

export interface PostgresqlStoreOptions extends ServerStoreOptions {
  readonly location: ServerLocation;
}

/** Making a schema may wait for other processes that make it. */
const SCHEMA_TIMEOUT_MS = 120_000;
/** Not READ WRITE: an operator's `default_transaction_read_only` is to hold. */
const BEGIN_WRITING = 'BEGIN ISOLATION LEVEL READ COMMITTED';
/** Share of a request's deadline that one statement may take: one that hangs leaves time for another attempt. */
const STATEMENT_SHARE = 0.5;
/** Shorter than a statement's own time-out: the server then says that it was a lock, and the connection stays. */
const LOCK_WAIT_MAX_MS = 3_000;
const LOCK_WAIT_SHARE = 0.6;
/**
 * Requests that share a transaction lock rows in no common order. The server looks for a deadlock after a second
 * (`deadlock_timeout`, which only its administrator sets); one that gives up before then is run again, each request by
 * itself and in the order of ids, where it waits as long as it must.
 */
const LOCK_WAIT_FIRST_MS = 100;
/** A transaction that has asked for nothing for so many deadlines is ended by the server. */
const FROZEN_DEADLINES = 2;
/** While a change of a table waits for its lock, everybody else's statements on it wait behind. */
const SCHEMA_LOCK_TIMEOUT_MS = 5_000;
const WORDS: DdlWords = { longText: 'TEXT', ifNotExists: '', growingId: 'BIGSERIAL PRIMARY KEY' };
/** Any number will do, as long as everybody takes the same. */
const SCHEMA_LOCK = 7_232_118;

export async function openPostgresqlStore(options: PostgresqlStoreOptions): Promise<Store> {
  const statementTimeoutMs = Math.ceil(options.deadlineMs * STATEMENT_SHARE);
  const lockWaitMs = Math.ceil(Math.min(LOCK_WAIT_MAX_MS, statementTimeoutMs * LOCK_WAIT_SHARE));
  // A process that was stopped, or cut off, in the middle of a transaction is not to keep its locks.
  const frozenMs = FROZEN_DEADLINES * options.deadlineMs;
  const endOfFrozenTransactions = `-c idle_in_transaction_session_timeout=${frozenMs}`;
  const connect = (timeoutMs: number, session: string) => connectAny(options.location, timeoutMs, session);
  return openServerStore(options, {
    schema: { placement: SCHEMA, words: WORDS },
    connectForSchema: () => connect(SCHEMA_TIMEOUT_MS, ''),
    connectForWriting: () =>
      connect(
        statementTimeoutMs,
        `-c lock_timeout=${lockWaitMs} ${endOfFrozenTransactions} ${POSTGRESQL_SESSION_MARK}`,
      ),
    connectForReading: () => connect(statementTimeoutMs, ''),
    beginWriting: BEGIN_WRITING,
    beginWritingFirst: `${BEGIN_WRITING}; SET LOCAL lock_timeout = ${Math.min(LOCK_WAIT_FIRST_MS, lockWaitMs)}`,
    beginReading: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    underSchemaLock,
    prove: async () => {},
  });
}

/** The recorded revision of the schema, or null when there is none. Makes nothing. */
export async function readPostgresqlRevision(options: PostgresqlStoreOptions): Promise<string | null> {
  return readRevisionFrom(options, () => connectAny(options.location, SCHEMA_TIMEOUT_MS, ''));
}

/** Runs the work on a connection for changing the schema: its statements may take long, but wait for locks only so long. */
export function withPostgresqlConnection<Result>(
  options: PostgresqlStoreOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const session = `-c lock_timeout=${SCHEMA_LOCK_TIMEOUT_MS}`;
  return withServerConnection(options, () => connectAny(options.location, SCHEMA_TIMEOUT_MS, session), work);
}

/** The lock and the whole migration are one transaction: all of it happens or nothing. */
async function underSchemaLock(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.command('BEGIN');
  try {
    await connection.command(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`);
    await work();
    await connection.command('COMMIT');
  } catch (error) {
    await connection.command('ROLLBACK');
    throw error;
  }
}

/** Connects to the first endpoint that answers. */
async function connectAny(
  location: ServerLocation,
  statementTimeoutMs: number,
  session: string,
): Promise<PostgresqlConnection> {
  let failure: unknown;
  for (const endpoint of location.endpoints) {
    try {
      return await connectPostgresql({
        driver: { ...driverOptions(location, endpoint), ...(session === '' ? {} : { options: session }) },
        statementTimeoutMs,
        connectTimeoutMs: Math.min(location.connectTimeoutMs, statementTimeoutMs),
      });
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || error.plan !== 'reconnect') throw error;
      failure = error;
    }
  }
  throw failure;
}

function driverOptions(location: ServerLocation, endpoint: ServerEndpoint): ClientConfig {
  return {
    ...('socketPath' in endpoint
      ? // The driver takes the socket's folder as host and makes its name from the port.
        { host: dirname(endpoint.socketPath), port: Number(endpoint.socketPath.split('.').at(-1)) }
      : { host: endpoint.host, port: endpoint.port }),
    ...(location.user === null ? {} : { user: location.user }),
    ...(location.password === null ? {} : { password: location.password }),
    database: location.database,
    ssl: location.tls === null ? false : tlsOptions(location.tls),
    application_name: 'berth',
  };
}

function tlsOptions(tls: DatabaseTls): TlsOptions {
  return {
    ...(tls.caFile === null ? {} : { ca: readFileSync(tls.caFile) }),
    ...(tls.certificateFile === null ? {} : { cert: readFileSync(tls.certificateFile) }),
    ...(tls.keyFile === null ? {} : { key: readFileSync(tls.keyFile) }),
    rejectUnauthorized: tls.verifyCertificate,
    ...(tls.verifyHost ? {} : { checkServerIdentity: () => undefined }),
  };
}
