// What an error of PostgreSQL or the way to it leads to. Codes: PostgreSQL's appendix "Error Codes" (SQLSTATE).

import { DatabaseError } from 'pg';
import { type DatabaseErrorPlan, DatabaseFailure, type KnownDatabaseError, plansOf } from '../database-errors.ts';

export const POSTGRESQL_ERRORS: readonly KnownDatabaseError<string>[] = [
  { code: '40001', plan: 'run-again', meaning: 'serialization failure' },
  { code: '40P01', plan: 'run-again', meaning: 'deadlock' },
  { code: '55P03', plan: 'run-again', meaning: 'a lock was not to be had within `lock_timeout`' },
  {
    code: '23505',
    plan: 'run-again',
    meaning: 'unique key: somebody else made the row meanwhile; the next run sees it',
  },
  { code: '23503', plan: 'run-again', meaning: 'foreign key: somebody else removed or made the other row meanwhile' },
  { code: '57014', plan: 'run-again', meaning: 'the statement was cancelled' },
  { code: '57P01', plan: 'reconnect', meaning: 'the administrator ends the connection or the server' },
  { code: '57P02', plan: 'reconnect', meaning: 'the server crashed' },
  { code: '57P03', plan: 'reconnect', meaning: 'the server starts, recovers or ends' },
  { code: '57P05', plan: 'reconnect', meaning: 'the connection was idle for too long' },
  { code: '25P03', plan: 'reconnect', meaning: 'the transaction was idle for too long' },
  { code: '25P04', plan: 'reconnect', meaning: 'the transaction took too long' },
  { code: '53300', plan: 'reconnect', meaning: 'too many connections, of the server or of the role' },
  { code: '08000', plan: 'reconnect', meaning: 'the connection broke; so do all other codes of class 08' },
  { code: '25006', plan: 'unavailable', meaning: 'the server or the transaction is read-only, such as on a standby' },
  { code: '53000', plan: 'unavailable', meaning: 'something of the server is used up' },
  { code: '53100', plan: 'unavailable', meaning: 'the disk is full' },
  { code: '53200', plan: 'unavailable', meaning: 'no memory, or no room for locks' },
  { code: '53400', plan: 'unavailable', meaning: 'a configured limit is reached, such as on temporary files' },
  { code: '58030', plan: 'unavailable', meaning: 'the disk' },
  { code: '28000', plan: 'unavailable', meaning: 'access denied' },
  { code: '28P01', plan: 'unavailable', meaning: 'wrong password' },
  { code: '3D000', plan: 'unavailable', meaning: 'there is no such database' },
  { code: '42501', plan: 'unavailable', meaning: 'the user may not do this' },
];

const PLANS = plansOf(POSTGRESQL_ERRORS);

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
