// A write lane: one connection whose transactions run strictly one after another. What waits is committed together,
// each request behind a savepoint of its own (group commit); nobody is answered before the commit. A transaction that
// the database refused is run again from its first statement, alone, until the deadline.

import { BerthError } from '../domain/errors/declare.ts';
import { databaseUnavailable, providerConcurrentlyUpdated } from '../domain/errors/records.ts';
import type { ProviderId } from '../domain/ids.ts';
import { FeedWriter } from './change-feed.ts';
import type { Connection } from './connection.ts';
import { type DatabaseErrorPlan, StaleRead } from './database-errors.ts';
import { WriteTransaction } from './transaction.ts';

/** Must do the same when it is run again: everything it knows, it has read in this transaction. */
export type WriteWork<Result> = (tx: WriteTransaction) => Promise<Result>;

export interface WriteLaneOptions {
  readonly connection: Connection;
  /** The plan for an error of the driver, or undefined when the error is not the database's. */
  readonly errorPlan: (error: unknown) => DatabaseErrorPlan | undefined;
  /** The command that opens a write transaction. */
  readonly begin: string;
  /** How long a request may wait for its commit, all attempts together. */
  readonly deadlineMs: number;
  readonly now: () => Date;
}

/** Most requests in one commit: a bound on how long the first of them waits for the last. */
const BATCH_MAX = 64;
/** First and longest pause before another attempt; the real one is a random part of it. */
const PAUSE_FIRST_MS = 2;
const PAUSE_MAX_MS = 50;

interface Job {
  readonly run: (tx: WriteTransaction) => Promise<void>;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
  readonly deadline: number;
}

/** Why a whole transaction came to nothing. */
class TransactionFailed extends Error {
  readonly plan: DatabaseErrorPlan;
  constructor(plan: DatabaseErrorPlan, cause: unknown) {
    super('the transaction failed', { cause });
    this.plan = plan;
  }
}

export class WriteLane {
  readonly #options: WriteLaneOptions;
  readonly #feed = new FeedWriter();
  readonly #waiting: Job[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: WriteLaneOptions) {
    this.#options = options;
  }

  /**
   * Runs the work in a transaction and answers once it is committed. A BerthError thrown by the work rolls back this
   * work alone. Errors: 409 when the data kept changing until the deadline, 503 when the database cannot serve.
   */
  write<Result>(work: WriteWork<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#closed) {
        reject(databaseUnavailable({}));
        return;
      }
      let result: { readonly value: Result } | undefined;
      this.#waiting.push({
        run: async (tx) => {
          result = { value: await work(tx) };
        },
        succeed: () => (result === undefined ? reject(new Error('the work did not run')) : resolve(result.value)),
        fail: reject,
        deadline: Date.now() + this.#options.deadlineMs,
      });
      this.#running ??= this.#drain();
    });
  }

  /** Commits what waits and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop lets requests that arrived together share the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      if (await this.#commitTogether(batch)) continue;
      for (const job of batch) await this.#commitAlone(job);
    }
    this.#running = undefined;
  }

  /** True when the batch was committed and everybody answered; false: nothing was done, each must run alone. */
  async #commitTogether(batch: readonly Job[]): Promise<boolean> {
    try {
      await this.#transaction(batch);
      return true;
    } catch (error) {
      if (error instanceof TransactionFailed) return false;
      throw error;
    }
  }

  async #commitAlone(job: Job): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#transaction([job]);
        return;
      } catch (error) {
        if (!(error instanceof TransactionFailed)) throw error;
        if (error.plan === 'bug') {
          job.fail(error.cause);
          return;
        }
        if (error.plan === 'unavailable' || Date.now() >= job.deadline) {
          job.fail(error.cause instanceof StaleRead ? providerConcurrentlyUpdated({}) : databaseUnavailable({}));
          return;
        }
        const longest = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
      }
    }
  }

  /** One transaction with the work of every job. Throws TransactionFailed, with nothing done and nobody answered. */
  async #transaction(jobs: readonly Job[]): Promise<void> {
    const { connection, begin, now } = this.#options;
    const outcomes: (() => void)[] = [];
    let wrote = false;
    let published = false;
    let begun = false;
    try {
      await connection.command(begin);
      begun = true;
      const providers = new Set<ProviderId>();
      let names = false;
      for (const job of jobs) {
        const tx = new WriteTransaction(connection, now());
        await connection.command('SAVEPOINT request');
        try {
          await job.run(tx);
          await connection.command('RELEASE SAVEPOINT request');
          outcomes.push(job.succeed);
          wrote ||= tx.changes.wrote;
          for (const id of tx.changes.providers) providers.add(id);
          names ||= tx.changes.names;
        } catch (error) {
          if (!this.#isOfTheWorkAlone(error)) throw error;
          await connection.command('ROLLBACK TO SAVEPOINT request');
          await connection.command('RELEASE SAVEPOINT request');
          outcomes.push(() => job.fail(error));
        }
      }
      if (providers.size > 0 || names) {
        await this.#feed.publish(connection, { providers, names }, now());
        published = true;
      }
      await connection.command(wrote ? 'COMMIT' : 'ROLLBACK');
      if (published) this.#feed.committed();
    } catch (error) {
      if (begun) await this.#rollback();
      this.#feed.rolledBack();
      throw new TransactionFailed(this.#plan(error), error);
    }
    for (const answer of outcomes) answer();
  }

  /** Errors that say nothing about the transaction: the client's own, and bugs in the work before it wrote wrongly. */
  #isOfTheWorkAlone(error: unknown): boolean {
    return (
      error instanceof BerthError || (this.#options.errorPlan(error) === undefined && !(error instanceof StaleRead))
    );
  }

  #plan(error: unknown): DatabaseErrorPlan {
    if (error instanceof StaleRead) return 'run-again';
    return this.#options.errorPlan(error) ?? 'bug';
  }

  async #rollback(): Promise<void> {
    try {
      await this.#options.connection.command('ROLLBACK');
    } catch {
      // The database has already rolled back by itself (a full disk does that); nothing is left to undo.
    }
  }
}
