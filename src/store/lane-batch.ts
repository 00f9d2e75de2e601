// The requests that share a transaction. What can be done for several at once is done first; the others are run one after
// another, each for itself: one that is refused after it has written is undone alone, by a savepoint that is set before its
// first change and not at all for work that refuses nothing then.

import type { ProviderId } from '../domain/ids.ts';
import type { UsageChange } from '../domain/resource-provider.ts';
import type { Connection } from './connection.ts';
import { DatabaseFailure, StaleRead } from './database-errors.ts';
import { type GuardedChange, makeChanges } from './guarded-change.ts';
import { PendingChanges } from './pending-changes.ts';
import type { SharedWork } from './shared-work.ts';
import { WriteTransaction } from './transaction.ts';

/** How many requests share a transaction. */
export interface BatchLimits {
  /**
   * Most requests in one commit: a bound on how long the first of them waits for the last. Where lanes overlap, also on
   * how much is run again one by one after a deadlock: rows are locked in one order within a request, not within several.
   */
  readonly batchMax: number;
  /**
   * Whether the process is free while the database works: then what waits is committed in two halves when it is more than
   * half of {@link batchMax}, and the requests of one are read and answered while the other is being committed.
   */
  readonly inHalves?: boolean;
}

/** How many of those who wait share the next one. */
export function shareOf(waiting: number, { batchMax, inHalves = false }: BatchLimits): number {
  return inHalves ? Math.min(batchMax, Math.ceil(Math.max(batchMax, waiting) / 2)) : batchMax;
}

/** A request as the transaction sees it. */
export interface BatchedWork {
  readonly run: (tx: WriteTransaction) => Promise<void>;
  /** What can be done for it together with others; null: nothing. */
  readonly share: Share | null;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
  /** How often it was run in transactions that came to nothing. */
  readonly attempts: number;
}

export interface Share {
  readonly work: SharedWork;
  readonly request: object;
  /** The work was done for this request; then it may {@link BatchedWork.succeed}. */
  readonly done: () => void;
}

export interface BatchResult {
  /** What everybody is to hear once the transaction is committed. */
  readonly outcomes: readonly (() => void)[];
  readonly wrote: boolean;
  /** What is still to be made, with the commit. */
  readonly last: readonly GuardedChange[];
  readonly providers: ReadonlySet<ProviderId>;
  readonly names: boolean;
  /** All that was changed of providers, when that is usage alone; null: more than that. */
  readonly usage: readonly UsageChange[] | null;
}

/** Runs the work in the open transaction. Throws what concerns all of it: DatabaseFailure, StaleRead. */
export async function runBatch(connection: Connection, batch: readonly BatchedWork[], now: Date): Promise<BatchResult> {
  const run = new BatchRun(connection, now, batch.length > 1);
  const alone = batch.length > 1 ? await run.together(batch) : batch;
  for (const work of alone) await run.alone(work);
  return run.result;
}

class BatchRun {
  readonly #connection: Connection;
  readonly #now: Date;
  readonly #isShared: boolean;
  readonly #outcomes: (() => void)[] = [];
  readonly #providers = new Set<ProviderId>();
  readonly #pending = new PendingChanges();
  #wrote = false;
  #last: readonly GuardedChange[] = [];

  constructor(connection: Connection, now: Date, isShared: boolean) {
    this.#connection = connection;
    this.#now = now;
    this.#isShared = isShared;
  }

  get result(): BatchResult {
    const { names, usage } = this.#pending;
    return {
      outcomes: this.#outcomes,
      wrote: this.#wrote,
      last: this.#last,
      providers: this.#providers,
      names,
      usage,
    };
  }

  /** Does what can be done for several at once; those that are left. */
  async together(batch: readonly BatchedWork[]): Promise<readonly BatchedWork[]> {
    const groups = Map.groupBy(batch, ({ share }) => share?.work ?? null);
    const left: BatchedWork[] = [];
    for (const [shared, works] of groups) {
      if (shared === null || works.length === 1) left.push(...works);
      else left.push(...(await this.#share(shared, works)));
    }
    return left;
  }

  async alone(work: BatchedWork): Promise<void> {
    await this.#makeLast();
    const tx = this.#transaction(work.attempts);
    try {
      await work.run(tx);
      await this.#keep(tx);
      this.#outcomes.push(work.succeed);
    } catch (error) {
      if (error instanceof DatabaseFailure || error instanceof StaleRead) throw error;
      // The client's own mistake, or a bug in the work: no reason to fail the others.
      await tx.undo();
      this.#outcomes.push(() => work.fail(error));
    }
  }

  async #share(shared: SharedWork, works: readonly BatchedWork[]): Promise<readonly BatchedWork[]> {
    await this.#makeLast();
    const tx = this.#transaction(Math.max(...works.map(({ attempts }) => attempts)));
    const requests = works.flatMap(({ share }) => (share ? [share.request] : []));
    const outcomes = await shared.run(tx, requests);
    await this.#keep(tx);
    const left: BatchedWork[] = [];
    for (const [index, work] of works.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome.kind === 'alone') left.push(work);
      else if (outcome.kind === 'refused') this.#outcomes.push(() => work.fail(outcome.error));
      else {
        work.share?.done();
        this.#outcomes.push(work.succeed);
      }
    }
    return left;
  }

  /** Work that comes afterwards must see what others have left for the commit. */
  async #makeLast(): Promise<void> {
    const changes = this.#last;
    this.#last = [];
    await makeChanges(this.#connection, changes);
  }

  #transaction(attempt: number): WriteTransaction {
    const place = { attempt, pending: this.#pending, isShared: this.#isShared };
    return new WriteTransaction(this.#connection, this.#now, place);
  }

  async #keep(tx: WriteTransaction): Promise<void> {
    await tx.keep();
    this.#last = tx.last;
    this.#wrote ||= tx.changes.wrote;
    for (const id of tx.changes.providers) this.#providers.add(id);
    this.#pending.add(tx.changes);
  }
}
