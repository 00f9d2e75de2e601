// The prepared statements of one connection, by text. They are bounded, since a server keeps 16,382 for all connections together
// unless its operator says otherwise: the one that was longest not run is given up for a new one.

import type { PrepareStatementInfo } from 'mysql2';

/** Claims that share a commit alone have some hundred forms. */
const KEPT_MAX = 500;

export class PreparedStatements {
  readonly #giveUp: (text: string) => void;
  /** Longest not run first. To look them up in the driver takes a text of its own each time. */
  readonly #kept = new Map<string, PrepareStatementInfo>();

  /** @param giveUp tells the driver that the statement of this text will not be run any more */
  constructor(giveUp: (text: string) => void) {
    this.#giveUp = giveUp;
  }

  /** The statement, which is about to be run; undefined when it has to be prepared. */
  take(text: string): PrepareStatementInfo | undefined {
    const known = this.#kept.get(text);
    if (known !== undefined) this.#put(text, known);
    return known;
  }

  /** Keeps a statement that was just prepared. */
  keep(text: string, statement: PrepareStatementInfo): void {
    this.#put(text, statement);
    if (this.#kept.size <= KEPT_MAX) return;
    const [oldest] = this.#kept.keys();
    if (oldest === undefined) return;
    this.#kept.delete(oldest);
    this.#giveUp(oldest);
  }

  #put(text: string, statement: PrepareStatementInfo): void {
    this.#kept.delete(text);
    this.#kept.set(text, statement);
  }
}
