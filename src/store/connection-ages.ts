// When connections were opened, so that one that has become too old is replaced before its next use: firewalls forget
// connections that live long, and a proxy in front of several servers spreads only new ones.

import type { Connection } from './connection.ts';

export class ConnectionAges {
  readonly #openedAtMs = new WeakMap<Connection, number>();
  readonly #ageMaxMs: number | null;

  /** @param ageMaxMs null: none becomes too old */
  constructor(ageMaxMs: number | null) {
    this.#ageMaxMs = ageMaxMs;
  }

  /** Notes that the connection was opened just now. */
  opened(connection: Connection): Connection {
    this.#openedAtMs.set(connection, performance.now());
    return connection;
  }

  isTooOld(connection: Connection): boolean {
    const openedAtMs = this.#openedAtMs.get(connection);
    return this.#ageMaxMs !== null && openedAtMs !== undefined && performance.now() - openedAtMs > this.#ageMaxMs;
  }
}
