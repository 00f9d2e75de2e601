// What a transaction lets the functions of records/ do, and what it remembers for the change feed.

import type { ProviderId } from '../domain/ids.ts';
import type { Connection } from './connection.ts';
import type { NamedValues, Statement } from './statement.ts';
import type { Timestamp } from './tables.ts';

/** A consistent view of the database: everything read through it is of one moment. */
export class ReadTransaction {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  rows<Parameters extends NamedValues, Row>(statement: Statement<Parameters, Row>, parameters: Parameters) {
    return this.#connection.rows(statement, parameters);
  }

  /** The first row, or undefined. */
  async first<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<Row | undefined> {
    return (await this.#connection.rows(statement, parameters))[0];
  }
}

/** A transaction that writes. All it does is committed together with its entry in the change feed, or not at all. */
export class WriteTransaction extends ReadTransaction {
  /** The moment that all timestamps of this transaction show. */
  readonly now: Timestamp;
  readonly #connection: Connection;
  readonly #changedProviders = new Set<ProviderId>();
  #namesChanged = false;
  #wrote = false;

  constructor(connection: Connection, now: Date) {
    super(connection);
    this.#connection = connection;
    this.now = connection.dialect.timestamp(now);
  }

  /** Whether no other write transaction can run at the same time: then neither row locks nor guards are needed. */
  get isSerial(): boolean {
    return this.#connection.dialect.serialWrites;
  }

  /** Runs a change and tells how many rows matched its condition. */
  async change<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<number> {
    this.#wrote = true;
    return this.#connection.change(statement, parameters);
  }

  /** Inserts one row with a statement made by `ifAbsent`; false when an equal row was there. */
  async insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean> {
    this.#wrote = true;
    return this.#connection.insert(statement, parameters);
  }

  /** Tells every model that this provider, its inventories, usage, traits or aggregates changed. */
  providerChanged(id: ProviderId): void {
    this.#changedProviders.add(id);
  }

  /** Tells every model that a resource class or trait was made, renamed or removed. */
  namesChanged(): void {
    this.#namesChanged = true;
  }

  get changes(): TransactionChanges {
    return { wrote: this.#wrote, providers: this.#changedProviders, names: this.#namesChanged };
  }
}

export interface TransactionChanges {
  readonly wrote: boolean;
  readonly providers: ReadonlySet<ProviderId>;
  readonly names: boolean;
}
