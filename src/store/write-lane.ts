// A write lane: one connection whose transactions run strictly one after another. What waits is committed together
// (group commit); nobody is answered before the commit. A transaction that the database refused is run again from its first
// statement, once more together where that may help, then each request alone until its deadline. A COMMIT whose answer was
// lost is found out, never guessed. At the deadline a request is answered whatever the lane is doing, and what was answered
// is not committed any more.

import { databaseUnavailable, outcomeUnknown, providerConcurrentlyUpdated } from '../domain/errors/records.ts';
import { Deadlines } from '../timing/deadlines.ts';
import { type FeedEntry, FeedWriter, isPublished, wasCommitted } from './change-feed.ts';
import { CommitFlusher } from './commit-flusher.ts';
import type { Connection } from './connection.ts';
import { ConnectionAges } from './connection-ages.ts';
import { type DatabaseErrorPlan, DatabaseFailure, StaleRead } from './database-errors.ts';
import { commitWith, type GuardedChange } from './guarded-change.ts';
import { type BatchedWork, type BatchLimits, runBatch, shareOf } from './lane-batch.ts';
import type { CommitUnderWay, LaneEvent, OwnCommit } from './lane-events.ts';
import { pauseBefore } from './retry-pause.ts';
import type { SharedWork } from './shared-work.ts';
import type { WriteTransaction } from './transaction.ts';
import { Abandoned, planOf, TransactionFailed } from './transaction-failure.ts';

/** Must do the same when it is run again: everything it knows, it has read in this transaction. */
export type WriteWork<Result> = (tx: WriteTransaction) => Promise<Result>;

export interface WriteLaneOptions extends BatchLimits {
  readonly connect: () => Promise<Connection>;
  /** The command that opens a write transaction. */
  readonly begin: string;
  /** The same for work that was not run before; absent: {@link begin}. */
  readonly beginFirst?: string;
  /**
   * Resolves when those who are about to write have come, so that they share a commit; absent: at once.
   *
   * @param queued how many wait by now
   */
  readonly gather?: (queued: () => number) => Promise<void>;
  /** How long a request may wait for its commit, all attempts together. */
  readonly deadlineMs: number;
  readonly now: () => Date;
  /** An older connection is replaced before its next use; absent or null: never. */
  readonly connectionAgeMaxMs?: number | null;
  /** Told of what happens inside, for metrics. */
  readonly observe?: (event: LaneEvent) => void;
}

/** What can be done for a request together with others of its kind, and what it is answered then. */
export interface SharedRequest<Result> {
  readonly work: SharedWork;
  readonly request: object;
  readonly result: Result;
}

/** Commits that those who wait in a lane fill before it is behind. */
const COMMITS_BEHIND = 2;
/** As many requests as share a commit seldom take a fifth of that, unless they wait for a lock or a disk. */
const LONG_WORK_MS = 100;

/** A request that waits, as others see it: what it is about, for whoever chooses another lane for it. */
export interface WaitingWrite {
  readonly subjects: readonly string[];
}

/** A request. It is answered once, by {@link Job.succeed} or {@link Job.fail}; what comes later goes unheard. */
interface Job extends BatchedWork, WaitingWrite {
  readonly deadline: number;
  answered: boolean;
  /** Its COMMIT was sent, and not found to have come to nothing. */
  committing: boolean;
  /** Its last attempt failed because the data had changed meanwhile. */
  stale: boolean;
  attempts: number;
}

export class WriteLane {
  readonly #options: WriteLaneOptions;
  readonly #ages: ConnectionAges;
  readonly #deadlines: Deadlines;
  readonly #longWork = new Deadlines(LONG_WORK_MS);
  readonly #feed = new FeedWriter();
  readonly #flusher = new CommitFlusher();
  readonly #waiting: Job[] = [];
  /** Those whose transaction with others came to nothing. */
  readonly #alone: Job[] = [];
  #watcher: ((commit: OwnCommit) => void) | undefined;
  #elsewhere: ((job: Job) => void) | undefined;
  #committing: CommitUnderWay | undefined;
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #takesLong = false;
  #closed = false;

  constructor(options: WriteLaneOptions) {
    this.#options = options;
    this.#ages = new ConnectionAges(options.connectionAgeMaxMs ?? null);
    this.#deadlines = new Deadlines(options.deadlineMs);
  }

  /** Tells of every commit as soon as it has happened, in the order of the lane and before anybody is answered. */
  watch(watcher: (commit: OwnCommit) => void): void {
    this.#watcher = watcher;
  }

  /**
   * What is under way takes long: those who wait here are put where `choose` says, which may be here again. A lane that is
   * the only one needs no such thing.
   */
  whenBehind(choose: (write: WaitingWrite) => WriteLane): void {
    this.#elsewhere = (job) => choose(job).#take(job);
  }

  /** The commit that was sent and is not answered yet, if it is one that a watcher can take over. */
  get committing(): CommitUnderWay | undefined {
    return this.#committing;
  }

  /** Requests that wait for their transaction to begin. */
  get queued(): number {
    return this.#waiting.length + this.#alone.length;
  }

  /** More wait than two commits take, or what is under way takes long: others should not have to wait for it. */
  get isBehind(): boolean {
    return this.#takesLong || this.queued > COMMITS_BEHIND * this.#options.batchMax;
  }

  /**
   * Runs the work in a transaction and answers once it is committed. A BerthError thrown by the work rolls back this
   * work alone. Instead of the work, what it shares with others may be done. Errors: 409 when the data kept changing until the deadline, 503 when the database cannot serve.
   */
  write<Result>(
    work: WriteWork<Result>,
    subjects: readonly string[] = [],
    share: SharedRequest<Result> | null = null,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#closed) {
        reject(databaseUnavailable({}));
        return;
      }
      let result: { readonly value: Result } | undefined;
      const answer = (settle: () => void) => {
        if (job.answered) return;
        job.answered = true;
        this.#deadlines.end(deadline);
        settle();
      };
      const job: Job = {
        run: async (tx) => {
          result = { value: await work(tx) };
        },
        share: share && {
          work: share.work,
          request: share.request,
          done: () => {
            result = { value: share.result };
          },
        },
        succeed: () => {
          if (result === undefined) throw new Error('the work did not run');
          const { value } = result;
          answer(() => resolve(value));
        },
        fail: (error) => answer(() => reject(error)),
        subjects,
        deadline: Date.now() + this.#options.deadlineMs,
        answered: false,
        committing: false,
        stale: false,
        attempts: 0,
      };
      const deadline = this.#deadlines.begin(() => this.#giveUp(job));
      this.#take(job);
    });
  }

  #take(job: Job): void {
    (job.attempts > 0 ? this.#alone : this.#waiting).push(job);
    this.#running ??= this.#drain();
  }

  /** Commits what waits and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#flusher.idle();
    this.#disconnect();
  }

  /** The deadline: the request is answered, even while its transaction, or one before it, hangs. */
  #giveUp(job: Job): void {
    if (job.committing) job.fail(outcomeUnknown({}));
    else job.fail(job.stale ? providerConcurrentlyUpdated({}) : databaseUnavailable({}));
  }

  /** Waits until the database lets a transaction begin, as long as somebody waits for it. */
  async #begin(jobs: readonly Job[]): Promise<Connection> {
    const { begin, beginFirst = begin } = this.#options;
    const text = jobs.every(({ attempts }) => attempts === 0) ? beginFirst : begin;
    for (let attempt = 0; ; attempt += 1) {
      const connection = await this.#connected();
      try {
        await connection.command(text);
        return connection;
      } catch (error) {
        if (planOf(error) !== 'run-again' || jobs.every((job) => job.answered)) throw error;
        this.#observeRefusal(error);
        // Nothing was run yet: whoever shares the transaction goes on sharing it.
        await pauseBefore(attempt);
      }
    }
  }

  #observeRefusal(error: unknown): void {
    const code = error instanceof DatabaseFailure ? error.code : 'none';
    this.#options.observe?.({ kind: 'refused', plan: planOf(error), stale: error instanceof StaleRead, error: code });
  }

  async #drain(): Promise<void> {
    // One turn lets requests that arrived together share the first commit.
    await Promise.resolve();
    while (this.queued > 0) {
      const again = this.#alone.shift();
      if (again !== undefined) {
        await this.#watched(() => this.#commitAlone(again));
        continue;
      }
      await this.#options.gather?.(() => this.queued);
      await this.#flusher.ready();
      const share = shareOf(this.#waiting.length, this.#options);
      const batch = this.#waiting.splice(0, share).filter((job) => !job.answered);
      await this.#watched(async () => {
        const [only, ...others] = batch;
        if (only === undefined) return;
        if (others.length === 0) await this.#commitAlone(only);
        else this.#alone.push(...(await this.#commitTogether(batch)));
      });
    }
    this.#running = undefined;
  }

  /** When the work takes long, those who wait for its end are put elsewhere. */
  async #watched(work: () => Promise<void>): Promise<void> {
    const deadline = this.#longWork.begin(() => this.#letGo());
    try {
      await work();
    } finally {
      this.#longWork.end(deadline);
      this.#takesLong = false;
    }
  }

  #letGo(): void {
    this.#takesLong = true;
    if (this.#elsewhere === undefined || this.#closed) return;
    for (const job of [...this.#alone.splice(0), ...this.#waiting.splice(0)]) if (!job.answered) this.#elsewhere(job);
  }

  /**
   * Those for whom nothing was done, and who must run alone. When something was stale, shared work may look closer the second
   * time, so that one request that is wrong does not cost each of the others a commit of its own.
   */
  async #commitTogether(batch: readonly Job[]): Promise<readonly Job[]> {
    const failure = await this.#attempt(batch);
    if (failure === null) return [];
    const shared = batch.filter(({ share, answered }) => share !== null && !answered);
    if (!(failure.cause instanceof StaleRead) || shared.length < 2) return batch;
    return (await this.#attempt(shared)) === null ? batch.filter((job) => !shared.includes(job)) : batch;
  }

  async #commitAlone(job: Job): Promise<void> {
    for (let attempt = 0; !job.answered; attempt += 1) {
      const failure = await this.#attempt([job]);
      if (failure === null) return;
      if (failure.plan === 'bug') {
        job.fail(failure.cause);
        return;
      }
      job.stale = failure.cause instanceof StaleRead;
      if (failure.plan === 'unavailable' || Date.now() >= job.deadline) {
        this.#giveUp(job);
        return;
      }
      await pauseBefore(attempt);
    }
  }

  /** Null when everybody was answered, or will be when the commit is on the disk. */
  async #attempt(jobs: readonly Job[]): Promise<TransactionFailed | null> {
    try {
      await this.#transaction(jobs);
      return null;
    } catch (error) {
      if (error instanceof TransactionFailed) return error;
      throw error;
    }
  }

  /**
   * One transaction with the work of every job. Throws TransactionFailed, with nothing done and nobody answered.
   * A single job needs no savepoint: its own failure rolls the transaction back.
   */
  async #transaction(jobs: readonly Job[]): Promise<void> {
    const outcomes: (() => void)[] = [];
    const answerAll = () => {
      for (const answer of outcomes) answer();
    };
    let entry: FeedEntry | undefined;
    let committing = false;
    try {
      const connection = await this.#begin(jobs);
      const batch = await runBatch(connection, jobs, this.#options.now());
      outcomes.push(...batch.outcomes);
      if (batch.wrote) {
        const { changes, ...published } = await this.#feed.publish(connection, batch, this.#options.now());
        entry = published.entry;
        await this.#commit(connection, { ...entry, usage: batch.usage }, [...batch.last, ...changes], () => {
          if (jobs.some((job) => job.answered)) throw new Abandoned();
          committing = true;
          for (const job of jobs) job.committing = true;
        });
        this.#options.observe?.({ kind: 'committed', requests: jobs.length });
        if (connection.flush !== undefined) {
          this.#flusher.add(connection.flush, {
            answer: answerAll,
            fail: () => {
              for (const job of jobs) job.fail(outcomeUnknown({}));
            },
          });
          return;
        }
      } else {
        await connection.command('ROLLBACK');
      }
    } catch (error) {
      const plan = planOf(error);
      this.#observeRefusal(error);
      // A conflict is a plain no. Any other error at COMMIT may have come after the fact.
      const isOpen = committing && plan !== 'run-again' && this.#connection?.dialect.name !== 'sqlite';
      const outcome = isOpen && entry !== undefined ? await this.#outcomeOf(entry, jobs, plan) : 'no';
      if (outcome === 'unknown') {
        for (const job of jobs) job.fail(outcomeUnknown({}));
        return;
      }
      if (outcome === 'no') {
        for (const job of jobs) {
          job.committing = false;
          job.attempts += 1;
        }
        await this.#rollback(plan);
        throw new TransactionFailed(plan, error);
      }
    }
    // The database is given the next transaction before this process is busy with answers.
    if (this.queued > 0) setImmediate(answerAll);
    else answerAll();
  }

  async #commit(
    connection: Connection,
    commit: OwnCommit,
    changes: readonly GuardedChange[],
    beforeCommit: () => void,
  ): Promise<void> {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    try {
      await commitWith(connection, changes, () => {
        beforeCommit();
        if (commit.usage !== null) this.#committing = { ...commit, done };
      });
      this.#feed.committed();
      this.#watcher?.(commit);
    } finally {
      this.#committing = undefined;
      resolve();
    }
  }

  /** What became of a COMMIT that was answered with an error, or not at all. */
  async #outcomeOf(entry: FeedEntry, jobs: readonly Job[], plan: DatabaseErrorPlan): Promise<'yes' | 'no' | 'unknown'> {
    // A server that has answered, be it that it cannot serve, is done with the transaction and can be asked at once.
    const connection = plan === 'unavailable' ? this.#connection : undefined;
    const found = connection === undefined ? 'unknown' : await isPublished(connection, entry);
    return found === 'unknown' ? this.#findOut(entry, jobs) : found;
  }

  /** Whether a COMMIT whose answer was lost happened, asked for on new connections as long as somebody waits for it. */
  async #findOut(entry: FeedEntry, jobs: readonly Job[]): Promise<'yes' | 'no' | 'unknown'> {
    for (let attempt = 0; jobs.some((job) => !job.answered); attempt += 1) {
      this.#disconnect();
      try {
        const connection = await this.#connected();
        await connection.command(this.#options.begin);
        const committed = await wasCommitted(connection, entry, this.#options.now());
        await connection.command('COMMIT');
        // The numbers of this lane may go on from either; a new registration is the simplest that is right.
        this.#feed.forget();
        this.#options.observe?.({ kind: 'outcome-found', committed });
        return committed ? 'yes' : 'no';
      } catch (error) {
        if (planOf(error) === 'bug') break;
        await pauseBefore(attempt);
      }
    }
    this.#feed.forget();
    this.#disconnect();
    return 'unknown';
  }

  async #connected(): Promise<Connection> {
    if (this.#connection !== undefined && this.#ages.isTooOld(this.#connection)) this.#disconnect();
    this.#connection ??= this.#ages.opened(await this.#options.connect());
    return this.#connection;
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #rollback(plan: DatabaseErrorPlan): Promise<void> {
    this.#feed.rolledBack();
    // A server that does not serve, a standby for one, may have been replaced by another at its address.
    const isServer = this.#connection?.dialect.name !== 'sqlite';
    if (plan === 'reconnect' || (plan === 'unavailable' && isServer)) {
      this.#disconnect();
      return;
    }
    try {
      await this.#connection?.command('ROLLBACK');
    } catch {
      // The database has rolled back by itself (a full disk does that), or the connection is of no use any more.
      if (isServer) this.#disconnect();
    }
  }
}
