// What stands between Berth and a SQLite file when it is opened, as one line for the operator instead of a stack.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseFailure, DatabaseUnusableError } from '../database-errors.ts';

/** SQLITE_ERROR: a statement is wrong, which is our fault and no operator's. */
const STATEMENT_ERROR = 1;

/** Makes the folder that the file is to be in. Throws DatabaseUnusableError when that cannot be done. */
export function makeFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw unusable(path, `its folder cannot be made (${error instanceof Error ? error.message : String(error)})`);
  }
}

/**
 * Runs what opens the file and looks into it. Throws DatabaseUnusableError for what only the operator can mend, such as
 * a missing right, a full disk or a file that is no database, and other errors as they are.
 */
export async function explainingTrouble<Result>(path: string, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    const cause = error instanceof DatabaseFailure ? error.cause : error;
    if (!(cause instanceof Error) || !('errcode' in cause) || cause.errcode === STATEMENT_ERROR) throw error;
    throw unusable(path, cause.message);
  }
}

function unusable(path: string, reason: string): DatabaseUnusableError {
  return new DatabaseUnusableError(`the database ${path} cannot be used: ${reason}`);
}
