// A connection that writes to a Galera node. A node that gives a transaction up for another node's sometimes does not say
// so: when the news comes just as a statement is prepared (MariaDB 10.11), that statement and all later ones succeed, each
// outside the transaction that was begun. So the session never commits by itself, and a savepoint set at the beginning,
// which dies with the transaction, must still be there at its end.

import type { Connection } from '../connection.ts';
import type { Dialect } from '../dialect.ts';
import type { NamedValues, Statement } from '../statement.ts';
import { BEGIN_WRITING } from './connection.ts';

/** Of the session, so that what runs outside a transaction can still be undone. */
export const NEVER_COMMIT_ALONE = 'SET SESSION autocommit = 0';

const SET_MARK = 'SAVEPOINT berth';
/** Fails with 1305 when the transaction is another one by now. */
const CHECK_MARK = 'RELEASE SAVEPOINT berth';

export class GaleraConnection implements Connection {
  readonly #connection: Connection;
  /** Whether the transaction has failed already: it need not be whole at its end. */
  #failed = false;

  /** @param connection with a session that was told {@link NEVER_COMMIT_ALONE} */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get dialect(): Dialect {
    return this.#connection.dialect;
  }

  rows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return this.#noting(() => this.#connection.rows(statement, parameters));
  }

  change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number> {
    return this.#noting(() => this.#connection.change(statement, parameters));
  }

  insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean> {
    return this.#noting(() => this.#connection.insert(statement, parameters));
  }

  insertRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    return this.#noting(() => this.#connection.insertRows(statement, rows));
  }

  changeRows<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    rows: readonly Parameters[],
  ): Promise<number> {
    return this.#noting(() => this.#connection.changeRows(statement, rows));
  }

  /** A transaction's end fails when it is not the one that was begun: nothing of it is kept, and it must be run again. */
  command(text: string): Promise<void> {
    return this.#noting(async () => {
      if ((text === 'COMMIT' || text === 'ROLLBACK') && !this.#failed) await this.#connection.command(CHECK_MARK);
      await this.#connection.command(text);
      if (text !== BEGIN_WRITING) return;
      this.#failed = false;
      await this.#connection.command(SET_MARK);
    });
  }

  tableNames(): Promise<ReadonlySet<string>> {
    return this.#connection.tableNames();
  }

  close(): void {
    this.#connection.close();
  }

  async #noting<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}
