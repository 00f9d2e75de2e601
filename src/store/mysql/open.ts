// Opens a store on MySQL, MariaDB or a MariaDB Galera cluster.

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'mysql2';
import type { DatabaseTls, ServerEndpoint, ServerLocation } from '../../config/settings.ts';
import { MARK_MYSQL_SESSION } from '../coexistence/triggers.ts';
import type { Connection } from '../connection.ts';
import { DatabaseFailure, DatabaseUnusableError } from '../database-errors.ts';
import { NotMatched } from '../guarded-change.ts';
import type { DdlWords } from '../migrations/migration.ts';
import { openServerStore, readRevisionFrom, type ServerStoreOptions, withServerConnection } from '../server-store.ts';
import type { Store } from '../store.ts';
import { BEGIN_WRITING, connectMysql, MysqlConnection, type MysqlOptions } from './connection.ts';
import { GaleraConnection, NEVER_COMMIT_ALONE } from './galera-connection.ts';
import { SCHEMA } from './schema.ts';

export interface MysqlStoreOptions extends ServerStoreOptions {
  readonly location: ServerLocation;
  readonly sqlMode: string;
}

/** What the server, or the session, can do; see {@link MysqlOptions}. */
type Abilities = Pick<MysqlOptions, 'beginsByItself' | 'commitsInOneTrip'>;

/** Making a schema may wait for other processes that make it. */
const SCHEMA_TIMEOUT_MS = 120_000;
/** Share of a request's deadline that one statement may take: one that hangs leaves time for another attempt. */
const STATEMENT_SHARE = 0.5;
/** Shorter than a statement's own time-out: the server then says that it was a lock, and the connection stays. */
const LOCK_WAIT_MAX_MS = 3_000;
const LOCK_WAIT_SHARE = 0.6;
/** A transaction that has asked for nothing for so many deadlines is ended by the server. */
const FROZEN_DEADLINES = 2;
/** While a change of a table waits for its lock, everybody else's statements on it wait behind. */
const SCHEMA_LOCK_WAIT_SECONDS = 5;
const WORDS: DdlWords = {
  longText: 'MEDIUMTEXT',
  ifNotExists: 'IF NOT EXISTS',
  growingId: 'BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
};
/** Class id 0 is real, and MySQL would take it for "the next number" (operations §4.4). */
const ZERO_IS_A_VALUE = 'NO_AUTO_VALUE_ON_ZERO';

export async function openMysqlStore(options: MysqlStoreOptions): Promise<Store> {
  const mode = [options.sqlMode, ZERO_IS_A_VALUE].filter((part) => part !== '').join(',');
  const session = [`SET SESSION sql_mode = '${mode}'`, "SET SESSION time_zone = '+00:00'"];
  const connect = (statementTimeoutMs: number, more: readonly string[], abilities: Abilities = {}) =>
    connectAny(options.location, { statementTimeoutMs, session: [...session, ...more], ...abilities });
  const statementTimeoutMs = Math.ceil(options.deadlineMs * STATEMENT_SHARE);
  const lockWaitMs = Math.min(LOCK_WAIT_MAX_MS, statementTimeoutMs * LOCK_WAIT_SHARE);
  const lockWaitSeconds = Math.max(1, Math.floor(lockWaitMs / 1000));
  // A process that was stopped, or cut off, in the middle of a transaction is not to keep its locks. MySQL has no such
  // setting and takes this for a comment.
  const frozenSeconds = Math.ceil((FROZEN_DEADLINES * options.deadlineMs) / 1000);
  const endOfFrozenTransactions = `/*M!100300 , SESSION idle_transaction_timeout = ${frozenSeconds} */`;

  // Whether the server is a node of a cluster is known once one connection was made.
  let isCluster = false;
  let causalReads: readonly string[] = [];
  let commitsInOneTrip = false;
  return openServerStore(options, {
    schema: { placement: SCHEMA, words: WORDS },
    connectForSchema: async () => {
      const connection = await connect(SCHEMA_TIMEOUT_MS, [], { commitsInOneTrip: true });
      isCluster = await isGaleraNode(connection);
      causalReads = isCluster ? ['SET SESSION wsrep_sync_wait = 1'] : [];
      for (const text of causalReads) await connection.command(text);
      return connection;
    },
    connectForWriting: async () => {
      const setUp = [
        'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
        `SET SESSION innodb_lock_wait_timeout = ${lockWaitSeconds} ${endOfFrozenTransactions}`,
        MARK_MYSQL_SESSION,
        ...causalReads,
        NEVER_COMMIT_ALONE,
      ];
      const connection = await connect(statementTimeoutMs, setUp, { beginsByItself: !isCluster, commitsInOneTrip });
      return isCluster ? new GaleraConnection(connection) : connection;
    },
    connectForReading: () =>
      connect(statementTimeoutMs, ['SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ', ...causalReads]),
    beginWriting: BEGIN_WRITING,
    beginReading: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    // DDL commits by itself here, and every statement of it may be repeated: the lock only saves the trouble.
    underSchemaLock: async (connection, work) => {
      await connection.command("DO GET_LOCK('berth.schema', 60)");
      try {
        await work();
      } finally {
        await connection.command("DO RELEASE_LOCK('berth.schema')");
      }
    },
    prove: async (connection) => {
      if (!(connection instanceof MysqlConnection)) throw new TypeError('not a connection of this database');
      await proveMatchedRows(connection);
      commitsInOneTrip = !isCluster && (await takesOneTrip(connection));
    },
  });
}

/** The recorded revision of the schema, or null when there is none. Makes nothing. */
export async function readMysqlRevision(options: MysqlStoreOptions): Promise<string | null> {
  const connect = () => connectAny(options.location, { statementTimeoutMs: SCHEMA_TIMEOUT_MS, session: [] });
  return readRevisionFrom(options, connect);
}

/** Runs the work on a connection for changing the schema: its statements may take long, but wait for locks only so long. */
export function withMysqlConnection<Result>(
  options: MysqlStoreOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const session = [`SET SESSION lock_wait_timeout = ${SCHEMA_LOCK_WAIT_SECONDS}`];
  const connect = () => connectAny(options.location, { statementTimeoutMs: SCHEMA_TIMEOUT_MS, session });
  return withServerConnection(options, connect, work);
}

/** Every guard of the store counts matched rows; a server or proxy that reports changed ones would break them all. */
async function proveMatchedRows(connection: MysqlConnection): Promise<void> {
  const matched = await connection.affected('UPDATE berth_migrations SET name = name WHERE version = 1');
  if (matched !== 1) {
    throw new DatabaseUnusableError(
      `the database server reports ${matched} instead of 1 for an update that matches one row and changes nothing: ` +
        'without matched-row counts no conflict would be seen',
    );
  }
}

/**
 * Whether the server takes changes and their COMMIT in one statement: MariaDB since 10.6, not MySQL, nor every proxy in
 * between. On a Galera cluster it is not done: the mark of a transaction has to be looked at before its COMMIT.
 */
async function takesOneTrip(connection: MysqlConnection): Promise<boolean> {
  const text = 'UPDATE berth_migrations SET name = name WHERE version = ?';
  const attempt = (rows: number) => connection.commitInOneTrip?.([{ text, values: [1], rows }]);
  try {
    await attempt(1);
    // It must also see what was matched, and stop there.
    await attempt(2);
    return false;
  } catch (error) {
    if (error instanceof NotMatched) return true;
    if (error instanceof DatabaseFailure && error.plan !== 'reconnect') return false;
    throw error;
  }
}

async function isGaleraNode(connection: MysqlConnection): Promise<boolean> {
  const rows = await connection.select("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'");
  return rows.some((row) => Number(row.Value) > 0);
}

/** Connects to the first endpoint that answers. */
async function connectAny(location: ServerLocation, options: Omit<MysqlOptions, 'driver'>): Promise<MysqlConnection> {
  let failure: unknown;
  for (const endpoint of location.endpoints) {
    try {
      const driver = driverOptions(location, endpoint, options.statementTimeoutMs);
      return await connectMysql({ ...options, driver });
    } catch (error) {
      if (!(error instanceof DatabaseFailure) || error.plan !== 'reconnect') throw error;
      failure = error;
    }
  }
  throw failure;
}

function driverOptions(location: ServerLocation, endpoint: ServerEndpoint, patienceMs: number): ConnectionOptions {
  return {
    ...('socketPath' in endpoint ? { socketPath: endpoint.socketPath } : { host: endpoint.host, port: endpoint.port }),
    ...(location.user === null ? {} : { user: location.user }),
    ...(location.password === null ? {} : { password: location.password }),
    ...(location.tls === null ? {} : { ssl: tlsOptions(location.tls) }),
    database: location.database,
    connectTimeout: Math.min(location.connectTimeoutMs, patienceMs),
    charset: 'utf8mb4',
  };
}

function tlsOptions(tls: DatabaseTls) {
  return {
    ...(tls.caFile === null ? {} : { ca: readFileSync(tls.caFile) }),
    ...(tls.certificateFile === null ? {} : { cert: readFileSync(tls.certificateFile) }),
    ...(tls.keyFile === null ? {} : { key: readFileSync(tls.keyFile) }),
    rejectUnauthorized: tls.verifyCertificate,
    verifyIdentity: tls.verifyHost,
  };
}
