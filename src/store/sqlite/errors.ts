// What an error of SQLite leads to. Codes: https://www.sqlite.org/rescode.html (primary code = code & 255).

import { DatabaseFailure, type KnownDatabaseError, plansOf } from '../database-errors.ts';

export const SQLITE_ERRORS: readonly KnownDatabaseError<number>[] = [
  { code: 5, plan: 'run-again', meaning: 'SQLITE_BUSY: another process holds the write lock' },
  { code: 6, plan: 'run-again', meaning: 'SQLITE_LOCKED: a table is locked within the process' },
  { code: 15, plan: 'run-again', meaning: 'SQLITE_PROTOCOL: a race for a lock of the log was lost' },
  { code: 7, plan: 'unavailable', meaning: 'SQLITE_NOMEM: no memory' },
  { code: 8, plan: 'unavailable', meaning: 'SQLITE_READONLY: the file may not be written' },
  { code: 10, plan: 'unavailable', meaning: 'SQLITE_IOERR: the disk, or a limit on the size of files' },
  { code: 11, plan: 'unavailable', meaning: 'SQLITE_CORRUPT: the file is damaged' },
  { code: 13, plan: 'unavailable', meaning: 'SQLITE_FULL: the disk is full' },
  { code: 14, plan: 'unavailable', meaning: 'SQLITE_CANTOPEN: the file cannot be opened' },
  { code: 26, plan: 'unavailable', meaning: 'SQLITE_NOTADB: the file is no database' },
];

const PLANS = plansOf(SQLITE_ERRORS);

/** The failure that a thrown value is, with its plan; anything that is not SQLite's stays as it is. */
export function sqliteFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  return new DatabaseFailure(PLANS.get(error.errcode & 0xff) ?? 'bug', error);
}
