// What an error of SQLite leads to. Codes: https://www.sqlite.org/rescode.html (primary code = code & 255).

import type { DatabaseErrorPlan } from '../database-errors.ts';

const PLANS: ReadonlyMap<number, DatabaseErrorPlan> = new Map([
  [5, 'run-again'], // SQLITE_BUSY: another process holds the write lock
  [6, 'run-again'], // SQLITE_LOCKED
  [8, 'unavailable'], // SQLITE_READONLY
  [10, 'unavailable'], // SQLITE_IOERR
  [13, 'unavailable'], // SQLITE_FULL: the disk is full
  [14, 'unavailable'], // SQLITE_CANTOPEN
  [15, 'run-again'], // SQLITE_PROTOCOL: lost a race for a WAL lock
]);

/** The plan for a thrown value, or undefined when it is not an error of SQLite. */
export function sqliteErrorPlan(error: unknown): DatabaseErrorPlan | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return PLANS.get(error.errcode & 0xff) ?? 'bug';
}
