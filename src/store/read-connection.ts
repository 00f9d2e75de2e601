// A connection for reading: its transactions run one after another, each on one consistent view of the database.

import type { Connection } from './connection.ts';
import { ReadTransaction } from './transaction.ts';

export class ReadConnection {
  readonly #connection: Connection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Runs the work on one view of the database, taken no earlier than this call. */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#transaction(work));
    // The next transaction waits for this one however it ends; whoever asked for this one sees how.
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #transaction<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    await this.#connection.command('BEGIN');
    try {
      return await work(new ReadTransaction(this.#connection));
    } finally {
      await this.#connection.command('COMMIT');
    }
  }
}
