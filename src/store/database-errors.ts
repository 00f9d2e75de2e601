// The plan for every database error. Which code leads to what stands in one table per database, in its folder.

/**
 * - `run-again`: the database refused the transaction for a reason that passes; it is run again from its first
 *   statement, with jitter, up to the deadline;
 * - `reconnect`: the connection is gone or of no use; the same on a new one. If the COMMIT was under way, its outcome is
 *   found out first;
 * - `unavailable`: the database cannot serve this now; 503 with Retry-After;
 * - `bug`: nothing that should happen; 500, logged.
 */
export type DatabaseErrorPlan = 'run-again' | 'reconnect' | 'unavailable' | 'bug';

/** A code that a database's errors carry, and the plan for it. docs/database-errors.md shows all of them. */
export interface KnownDatabaseError<Code extends string | number = string | number> {
  readonly code: Code;
  readonly plan: DatabaseErrorPlan;
  /** What has happened, in a few words. */
  readonly meaning: string;
}

/** The plans by code. */
export function plansOf<Code extends string | number>(
  known: readonly KnownDatabaseError<Code>[],
): ReadonlyMap<Code, DatabaseErrorPlan> {
  return new Map(known.map(({ code, plan }) => [code, plan]));
}

/** An error of the database or of the way to it, with the plan for it. Connections throw no other kind. */
export class DatabaseFailure extends Error {
  readonly plan: DatabaseErrorPlan;
  /** What the database or the system calls it: a constant of theirs, never data. */
  readonly code: string;
  constructor(plan: DatabaseErrorPlan, cause: unknown) {
    super('the database refused or did not answer', { cause });
    this.name = 'DatabaseFailure';
    this.plan = plan;
    this.code = codeOf(cause);
  }
}

/** A SQLSTATE, or a name such as `ECONNRESET`. */
const CODE = /^[A-Z0-9_]{2,40}$/;

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'none';
  if ('errcode' in cause && typeof cause.errcode === 'number') return String(cause.errcode & 0xff);
  if ('sqlState' in cause && 'errno' in cause && typeof cause.errno === 'number') return String(cause.errno);
  return 'code' in cause && typeof cause.code === 'string' && CODE.test(cause.code) ? cause.code : 'none';
}

/**
 * A guarded statement matched no row: what the transaction had read was changed by another one before it could be
 * written. The transaction is rolled back and run again from its first statement; no client ever sees this.
 */
export class StaleRead extends Error {
  constructor(subject: string) {
    super(`${subject} changed between read and write`);
    this.name = 'StaleRead';
  }
}

/** The database cannot be opened, and the operator can do something about it. The message is one line that says what. */
export class DatabaseUnusableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUnusableError';
  }
}
