// What a transaction lets the functions of records/ do, and what it remembers for the change feed.

import type { ProviderId } from '../domain/ids.ts';
import type { UsageChange } from '../domain/resource-provider.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import { type GuardedChange, makeChanges } from './guarded-change.ts';
import { PendingChanges, type TransactionChanges } from './pending-changes.ts';
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

/** The circumstances of a piece of work in its transaction. */
export interface PlaceInTransaction {
  readonly attempt: number;
  readonly pending: PendingChanges;
  /** Others' work is in the transaction, too. */
  readonly isShared: boolean;
}

const ALONE = (): PlaceInTransaction => ({ attempt: 0, pending: new PendingChanges(), isShared: false });

/** A transaction that writes. All it does is committed together with its entry in the change feed, or not at all. */
export class WriteTransaction extends ReadTransaction {
  /** The moment that all timestamps of this transaction show. */
  readonly now: Timestamp;
  /** How often the work was run before, in transactions that came to nothing. */
  readonly attempt: number;
  /** What requests before this one have changed in the same transaction. */
  readonly pending: PendingChanges;
  readonly #connection: Connection;
  readonly #changedProviders = new Set<ProviderId>();
  #namesChanged = false;
  #wrote = false;
  readonly #isShared: boolean;
  #needsSavepoint: boolean;
  #hasSavepoint = false;
  #usage: readonly UsageChange[] | null = null;
  #last: readonly GuardedChange[] = [];

  constructor(connection: Connection, now: Date, place: PlaceInTransaction = ALONE()) {
    super(connection);
    this.#connection = connection;
    this.attempt = place.attempt;
    this.pending = place.pending;
    this.#isShared = place.isShared;
    this.#needsSavepoint = place.isShared;
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
    await this.#beforeChange();
    return this.#connection.change(statement, parameters);
  }

  /** Inserts one row with a statement made by `ifAbsent`; false when an equal row was there. */
  async insert<Parameters extends NamedValues, Row>(
    statement: Statement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<boolean> {
    await this.#beforeChange();
    return this.#connection.insert(statement, parameters);
  }

  /** Makes changes that are decided. Throws StaleRead when one does not match the rows that it must. */
  async make(...changes: readonly GuardedChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#beforeChange();
    this.#noteProviders(changes);
    await makeChanges(this.#connection, changes);
  }

  /**
   * {@link make} for the last changes of the work, which refuses nothing any more and reads nothing afterwards: they are made
   * with the commit, or before other work of the same transaction begins.
   */
  finish(changes: readonly GuardedChange[]): void {
    this.refusesNoMore();
    this.#wrote = true;
    this.#noteProviders(changes);
    this.#last = changes;
  }

  /** What {@link finish} has left to be made. */
  get last(): readonly GuardedChange[] {
    return this.#last;
  }

  #noteProviders(changes: readonly GuardedChange[]): void {
    for (const { providers = [] } of changes) for (const id of providers) this.#changedProviders.add(id);
  }

  /** Tells every model that this provider, its inventories, usage, traits or aggregates changed. */
  providerChanged(id: ProviderId): void {
    this.#changedProviders.add(id);
  }

  /** Tells every model that a resource class or trait was made, renamed or removed. */
  namesChanged(): void {
    this.#namesChanged = true;
  }

  /**
   * Says that from here on the work throws nothing but what brings the whole transaction to nothing, DatabaseFailure and
   * StaleRead: then nothing of it will have to be undone alone.
   */
  refusesNoMore(): void {
    if (!this.#wrote) this.#needsSavepoint = false;
  }

  /** The work is done, and its changes are to be committed with those of others. */
  async keep(): Promise<void> {
    if (this.#hasSavepoint) await this.#connection.command('RELEASE SAVEPOINT request');
  }

  /** The work failed: its changes are undone, and nobody else's. */
  async undo(): Promise<void> {
    if (this.#hasSavepoint) {
      await this.#connection.command('ROLLBACK TO SAVEPOINT request');
      await this.#connection.command('RELEASE SAVEPOINT request');
    } else if (this.#wrote && this.#isShared) {
      throw new StaleRead('work that refused after it had promised not to');
    }
  }

  async #beforeChange(): Promise<void> {
    this.#wrote = true;
    if (!this.#needsSavepoint || this.#hasSavepoint) return;
    await this.#connection.command('SAVEPOINT request');
    this.#hasSavepoint = true;
  }

  /** Says that what this work changed of providers is usage alone, and how. */
  onlyUsageChanged(usage: readonly UsageChange[]): void {
    this.#usage = usage;
  }

  get changes(): TransactionChanges {
    return { wrote: this.#wrote, providers: this.#changedProviders, names: this.#namesChanged, usage: this.#usage };
  }
}
