// What an error of MySQL, MariaDB or the way to it leads to. Codes: the server error reference of both.

import { type DatabaseErrorPlan, DatabaseFailure, type KnownDatabaseError, plansOf } from '../database-errors.ts';

/** By the server's error number. */
export const MYSQL_ERRORS: readonly KnownDatabaseError<number>[] = [
  { code: 1205, plan: 'run-again', meaning: 'a lock was not to be had within `innodb_lock_wait_timeout`' },
  { code: 1213, plan: 'run-again', meaning: 'deadlock; on Galera also a failed certification, at any statement' },
  { code: 1020, plan: 'run-again', meaning: 'the row has changed since it was read (`innodb_snapshot_isolation`)' },
  { code: 1062, plan: 'run-again', meaning: 'unique key: somebody else made the row meanwhile; the next run sees it' },
  { code: 1451, plan: 'run-again', meaning: 'foreign key: somebody else made a child row meanwhile' },
  { code: 1452, plan: 'run-again', meaning: 'foreign key: somebody else removed the parent row meanwhile' },
  { code: 1317, plan: 'run-again', meaning: 'the statement was interrupted' },
  {
    code: 1467,
    plan: 'run-again',
    meaning: 'deadlock over the lock of an AUTO_INCREMENT column, which the server does not call one',
  },
  { code: 1412, plan: 'run-again', meaning: 'a table was altered meanwhile' },
  { code: 1615, plan: 'run-again', meaning: 'a table was altered meanwhile; the statement has to be prepared anew' },
  { code: 1969, plan: 'run-again', meaning: 'the statement took longer than `max_statement_time`' },
  { code: 3024, plan: 'run-again', meaning: 'the statement took longer than `max_execution_time`' },
  { code: 1050, plan: 'run-again', meaning: 'the table is there: made meanwhile through another Galera node' },
  { code: 1060, plan: 'run-again', meaning: 'the column is there: added meanwhile through another Galera node' },
  { code: 1061, plan: 'run-again', meaning: 'the index is there: added meanwhile through another Galera node' },
  { code: 1091, plan: 'run-again', meaning: 'the index is gone: dropped meanwhile through another Galera node' },
  { code: 1826, plan: 'run-again', meaning: 'the constraint is there: added meanwhile through another Galera node' },
  { code: 1005, plan: 'run-again', meaning: 'the same, as MariaDB says it when both add it at once' },
  { code: 1305, plan: 'run-again', meaning: 'Galera: the transaction was given up unsaid, and its savepoint with it' },
  { code: 3572, plan: 'run-again', meaning: 'a lock was not to be had at once' },
  { code: 1040, plan: 'reconnect', meaning: 'too many connections' },
  { code: 1047, plan: 'reconnect', meaning: 'Galera: the node is not (yet) part of the cluster' },
  { code: 1053, plan: 'reconnect', meaning: 'the server ends' },
  { code: 1158, plan: 'reconnect', meaning: 'the connection broke while reading' },
  { code: 1159, plan: 'reconnect', meaning: 'the connection timed out while reading' },
  { code: 1160, plan: 'reconnect', meaning: 'the connection broke while writing' },
  { code: 1161, plan: 'reconnect', meaning: 'the connection timed out while writing' },
  { code: 1180, plan: 'reconnect', meaning: 'an error during COMMIT' },
  { code: 1203, plan: 'reconnect', meaning: 'too many connections of the user' },
  { code: 1226, plan: 'reconnect', meaning: 'too many connections of the user, or another limit on the user' },
  { code: 1243, plan: 'reconnect', meaning: 'the prepared statement is gone' },
  { code: 1927, plan: 'reconnect', meaning: 'the connection was killed' },
  { code: 4031, plan: 'reconnect', meaning: 'the connection was idle for too long' },
  { code: 3, plan: 'unavailable', meaning: 'a file could not be written' },
  { code: 1021, plan: 'unavailable', meaning: 'the disk is full' },
  { code: 1026, plan: 'unavailable', meaning: 'a file could not be written' },
  { code: 1030, plan: 'unavailable', meaning: 'the storage engine failed, most often for want of disk' },
  { code: 1037, plan: 'unavailable', meaning: 'no memory' },
  { code: 1041, plan: 'unavailable', meaning: 'no memory' },
  { code: 1114, plan: 'unavailable', meaning: 'the table is full, most often for want of disk' },
  { code: 1135, plan: 'unavailable', meaning: 'no thread could be made' },
  { code: 1206, plan: 'unavailable', meaning: 'no room for locks' },
  { code: 1461, plan: 'unavailable', meaning: 'too many prepared statements' },
  { code: 1637, plan: 'unavailable', meaning: 'too many transactions' },
  { code: 1044, plan: 'unavailable', meaning: 'access denied to the database' },
  { code: 1045, plan: 'unavailable', meaning: 'access denied for the user' },
  { code: 1049, plan: 'unavailable', meaning: 'there is no such database' },
  { code: 1142, plan: 'unavailable', meaning: 'the user may not do this' },
  { code: 1698, plan: 'unavailable', meaning: 'access denied for the user, who may log in through a socket only' },
  { code: 1290, plan: 'unavailable', meaning: 'the server is read-only' },
  { code: 1792, plan: 'unavailable', meaning: 'the transaction is read-only' },
  { code: 1836, plan: 'unavailable', meaning: 'the server is read-only' },
  { code: 3032, plan: 'unavailable', meaning: 'the server is offline for maintenance' },
];

const PLANS = plansOf(MYSQL_ERRORS);

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

/** A statement was not answered in time; its connection is given up. */
export class StatementTimeout extends Error {
  readonly code = 'PROTOCOL_SEQUENCE_TIMEOUT';
  constructor() {
    super('the database did not answer in time');
    this.name = 'StatementTimeout';
  }
}

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
  if (number !== undefined && number > 0) return PLANS.get(number) ?? 'bug';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (CONNECTION_ERRORS.has(code)) return 'reconnect';
  // The driver names some ends of a connection only in words.
  if (error instanceof Error && /closed state|connection.*(closed|lost|ended)/i.test(error.message)) return 'reconnect';
  return 'bug';
}
