// What an error of PostgreSQL or the way to it leads to. Codes: PostgreSQL's appendix "Error Codes" (SQLSTATE).

import { DatabaseError } from 'pg';
import { type DatabaseErrorPlan, DatabaseFailure } from '../database-errors.ts';

const PLANS: ReadonlyMap<string, DatabaseErrorPlan> = new Map([
  ['40001', 'run-again'], // serialization failure
  ['40P01', 'run-again'], // deadlock
  ['55P03', 'run-again'], // lock not available, lock_timeout
  ['23505', 'run-again'], // unique violation: somebody else made the row meanwhile; the next run sees it
  ['23503', 'run-again'], // foreign key violation: somebody else removed or made the other row meanwhile
  ['57014', 'run-again'], // the query was cancelled
  ['57P01', 'reconnect'], // the administrator ends the server
  ['57P02', 'reconnect'], // the server crashed
  ['57P03', 'reconnect'], // the server cannot accept connections now
  ['57P05', 'reconnect'], // idle session timeout
  ['25P03', 'reconnect'], // idle in transaction timeout
  ['53300', 'reconnect'], // too many connections
  ['25006', 'unavailable'], // read-only transaction: a standby
  ['53100', 'unavailable'], // the disk is full
  ['53200', 'unavailable'], // out of memory
  ['28000', 'unavailable'], // access denied
  ['28P01', 'unavailable'], // wrong password
  ['3D000', 'unavailable'], // there is no such database
]);

/** The failure that a thrown value of the driver is, with its plan. */
export function postgresqlFailure(error: unknown): DatabaseFailure {
  return new DatabaseFailure(planOf(error), error);
}

function planOf(error: unknown): DatabaseErrorPlan {
  if (error instanceof DatabaseError) {
    const code = error.code ?? '';
    return PLANS.get(code) ?? (code.startsWith('08') ? 'reconnect' : 'bug');
  }
  // Everything else that the driver throws while it runs a statement is about the connection: a socket's error, a
  // time-out, the other end gone. Errors of types are ours.
  return error instanceof TypeError || error instanceof RangeError ? 'bug' : 'reconnect';
}
