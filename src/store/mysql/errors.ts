// What an error of MySQL, MariaDB or the way to it leads to. Codes: the server error reference of both.

import { type DatabaseErrorPlan, DatabaseFailure } from '../database-errors.ts';

/** By the server's error number. */
const SERVER_ERRORS: ReadonlyMap<number, DatabaseErrorPlan> = new Map([
  [1205, 'run-again'], // lock wait timeout
  [1213, 'run-again'], // deadlock; on Galera also a failed certification, at any statement and at COMMIT
  [1020, 'run-again'], // record has changed since last read (innodb_snapshot_isolation)
  [1062, 'run-again'], // duplicate key: somebody else made the row meanwhile; the next run sees it
  [1451, 'run-again'], // foreign key: somebody else made a child row meanwhile
  [1452, 'run-again'], // foreign key: somebody else removed the parent row meanwhile
  [1317, 'run-again'], // the query was interrupted
  [3572, 'run-again'], // lock not available
  [1040, 'reconnect'], // too many connections
  [1047, 'reconnect'], // Galera: the node is not (yet) part of the cluster
  [1053, 'reconnect'], // the server is shutting down
  [1180, 'reconnect'], // an error during COMMIT: its outcome has to be found out
  [1927, 'reconnect'], // the connection was killed
  [4031, 'reconnect'], // the client was disconnected for inactivity
  [1021, 'unavailable'], // the disk is full
  [1114, 'unavailable'], // the table is full
  [1044, 'unavailable'], // access denied to the database
  [1045, 'unavailable'], // access denied for the user
  [1049, 'unavailable'], // there is no such database
  [1290, 'unavailable'], // the server is read-only
  [1792, 'unavailable'], // the transaction is read-only
  [1836, 'unavailable'], // the server is in read-only mode
]);

/** Errors of sockets and of the driver, after which the connection is of no use. */
const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
]);

/** The error number of a duplicate key. */
export const DUPLICATE_KEY = 1062;

/** The server's error number, if the error came from the server. */
export function serverErrorNumber(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && 'sqlState' in error
    ? error.errno
    : undefined;
}

/** The failure that a thrown value of the driver is, with its plan. */
export function mysqlFailure(error: unknown): DatabaseFailure {
  return new DatabaseFailure(planOf(error), error);
}

function planOf(error: unknown): DatabaseErrorPlan {
  const number = serverErrorNumber(error);
  if (number !== undefined && number > 0) return SERVER_ERRORS.get(number) ?? 'bug';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (CONNECTION_ERRORS.has(code)) return 'reconnect';
  // The driver names some ends of a connection only in words.
  if (error instanceof Error && /closed state|connection.*(closed|lost|ended)/i.test(error.message)) return 'reconnect';
  return 'bug';
}
