// One connection to a database: runs statements, one at a time. Drivers implement it; nothing else sees a driver.

import type { Dialect } from './dialect.ts';
import type { BoundChange, NamedValues, Statement } from './statement.ts';

/** Every method throws DatabaseFailure for an error of the database or of the way to it. */
export interface Connection {
  readonly dialect: Dialect;
  /** All result rows. */
  rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>;
  /** Runs a change; how many rows matched its condition, changed or not. */
  change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number>;
  /** Inserts one row with a statement made by `ifAbsent`; false when an equal row was there. */
  insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean>;
  /**
   * Runs an insert of one row for several, in their order; how many were inserted. Fewer than there are: an equal row was
   * there, and which of them are inserted now is not known.
   */
  insertRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number>;
  /**
   * Runs a change for several rows, each of which has a condition of its own; how many matched. All else that is bound is
   * the same for them.
   */
  changeRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number>;
  /** Runs a fixed text without parameters: BEGIN, SAVEPOINT, DDL. */
  command(text: string): Promise<void>;
  /**
   * Makes the changes, in their order, and commits, all in one round trip. Throws NotMatched, with nothing committed and the
   * transaction open, when one matches another number of rows than it must; StaleRead, with the same, when a row that it
   * inserts is there already. Absent where the server cannot do that.
   */
  readonly commitInOneTrip?: (changes: readonly BoundChange[]) => Promise<void>;
  /** Names of all tables there are. */
  tableNames(): Promise<ReadonlySet<string>>;
  /**
   * Resolves when what was committed before the call is on the disk, and would outlast a power cut. Absent where COMMIT
   * itself waits for that.
   */
  readonly flush?: () => Promise<void>;
  close(): void;
}
