// What an error of SQLite leads to. Codes: https://www.sqlite.org/rescode.html (primary code = code & 255).

import { type DatabaseErrorPlan, DatabaseFailure } from '../database-errors.ts';

const PLANS: ReadonlyMap<number, DatabaseErrorPlan> = new Map([
  [5, 'run-again'], // SQLITE_BUSY: another process holds the write lock
  [6, 'run-again'], // SQLITE_LOCKED
  [8, 'unavailable'], // SQLITE_READONLY
  [10, 'unavailable'], // SQLITE_IOERR
  [13, 'unavailable'], // SQLITE_FULL: the disk is full
  [14, 'unavailable'], // SQLITE_CANTOPEN
  [15, 'run-again'], // SQLITE_PROTOCOL: lost a race for a WAL lock
]);

/** The failure that a thrown value is, with its plan; anything that is not SQLite's stays as it is. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  return new DatabaseFailure(PLANS.get(error.errcode & 0xff) ?? 'bug', error);
}
