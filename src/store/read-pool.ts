// Connections for reading: each runs one transaction at a time, on one consistent view of the database. A connection
// that broke is thrown away and the work, which has changed nothing, is run again on a new one. At the deadline a read
// is answered whatever its connection is doing.

import { databaseUnavailable } from '../domain/errors/records.ts';
import { Deadlines } from '../timing/deadlines.ts';
import type { Connection } from './connection.ts';
import { ConnectionAges } from './connection-ages.ts';
import { DatabaseFailure } from './database-errors.ts';
import { ReadTransaction } from './transaction.ts';

export interface ReadPoolOptions {
  readonly connect: () => Promise<Connection>;
  /** Most connections at a time. */
  readonly connectionsMax: number;
  /** The command that opens a transaction whose reads all see one moment. */
  readonly begin: string;
  /** How long a read may take, waiting for a connection included. */
  readonly deadlineMs: number;
  /** How long a read may wait for a connection, if that is less. */
  readonly waitMaxMs?: number;
  /** An older connection is replaced before its next use; absent or null: never. */
  readonly connectionAgeMaxMs?: number | null;
}

/** Pause before a read is tried again on a new connection. */
const RETRY_PAUSE_MS = 50;

/** The connections of a pool and who waits for one. */
export interface ReadPoolLoad {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

type Waiting = (connection: Connection | undefined) => void;

export class ReadPool {
  readonly #options: ReadPoolOptions;
  readonly #ages: ConnectionAges;
  readonly #deadlines: Deadlines;
  readonly #idle: Connection[] = [];
  readonly #waiting: Waiting[] = [];
  #open = 0;
  #closed = false;

  constructor(options: ReadPoolOptions) {
    this.#options = options;
    this.#ages = new ConnectionAges(options.connectionAgeMaxMs ?? null);
    this.#deadlines = new Deadlines(options.deadlineMs);
  }

  /** Runs the work on one view of the database, taken no earlier than this call. Error: 503. */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#inTime(this.readPatiently(work));
  }

  /** The same for work that may take longer than the deadline as long as each statement is answered. Error: 503. */
  readPatiently<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#using(async (connection) => {
      await connection.command(this.#options.begin);
      try {
        return await work(new ReadTransaction(connection));
      } finally {
        // Nothing was changed: there is nothing to commit, and nothing that would have to be found out after a loss.
        await connection.command('ROLLBACK');
      }
    });
  }

  /** Runs a single statement, which needs no transaction to be of one moment. Error: 503. */
  once<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#inTime(this.#using(work));
  }

  get load(): ReadPoolLoad {
    return { open: this.#open, idle: this.#idle.length, waiting: this.#waiting.length };
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #inTime<Result>(result: Promise<Result>): Promise<Result> {
    return this.#deadlines.inTime(result, () => databaseUnavailable({}));
  }

  async #using<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + this.#options.deadlineMs;
    for (;;) {
      try {
        return await this.#attempt(work, deadline);
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || error.plan === 'bug') throw error;
        if (error.plan === 'unavailable' || Date.now() + RETRY_PAUSE_MS >= deadline) throw databaseUnavailable({});
        await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY_PAUSE_MS));
      }
    }
  }

  async #attempt<Result>(work: (connection: Connection) => Promise<Result>, deadline: number): Promise<Result> {
    const connection = this.#takeIdle() ?? (await this.#acquire(deadline));
    try {
      const result = await work(connection);
      this.#release(connection);
      return result;
    } catch (error) {
      if (error instanceof DatabaseFailure && connection.dialect.name !== 'sqlite') this.#discard(connection);
      else this.#release(connection);
      throw error;
    }
  }

  #takeIdle(): Connection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!this.#ages.isTooOld(idle)) return idle;
      this.#discard(idle);
    }
    return undefined;
  }

  async #acquire(deadline: number): Promise<Connection> {
    if (this.#closed) throw databaseUnavailable({});
    if (this.#open < this.#options.connectionsMax) return this.#connect();
    const { waitMaxMs = Number.POSITIVE_INFINITY } = this.#options;
    const connection = await this.#wait(Math.min(deadline - Date.now(), waitMaxMs));
    return connection ?? this.#connect();
  }

  async #connect(): Promise<Connection> {
    this.#open += 1;
    try {
      return this.#ages.opened(await this.#options.connect());
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
  }

  /** The next connection to be released; undefined: there is room for a new one. */
  #wait(timeoutMs: number): Promise<Connection | undefined> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = (connection) => {
        clearTimeout(timer);
        resolve(connection);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(databaseUnavailable({}));
      }, timeoutMs);
      this.#waiting.push(waiting);
    });
  }

  #release(connection: Connection): void {
    if (this.#closed) {
      connection.close();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  #discard(connection: Connection): void {
    connection.close();
    this.#open -= 1;
    this.#waiting.shift()?.(undefined);
  }
}
