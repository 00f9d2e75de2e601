// The plan for every database error: run the transaction again, answer 503, or treat it as a bug (500).
// Which code leads to what stands in one table per database, in its folder.

/**
 * - `run-again`: the database refused the transaction for a reason that passes; it is run again from its first
 *   statement, with jitter, up to the deadline;
 * - `unavailable`: the database cannot serve now; 503 with Retry-After;
 * - `bug`: nothing that should happen; 500, logged.
 */
export type DatabaseErrorPlan = 'run-again' | 'unavailable' | 'bug';

/** The database cannot be opened, and the operator can do something about it. The message is one line that says what. */
export class DatabaseUnusableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUnusableError';
  }
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
