// The requests that share a transaction, run one after another, each for itself: one that is refused after it has written
// is undone alone, by a savepoint that is set before its first change and not at all for work that refuses nothing then.

import type { ProviderId } from '../domain/ids.ts';
import type { UsageChange } from '../domain/resource-provider.ts';
import type { Connection } from './connection.ts';
import { DatabaseFailure, StaleRead } from './database-errors.ts';
import { PendingChanges } from './pending-changes.ts';
import { WriteTransaction } from './transaction.ts';

/** A request as the transaction sees it. */
export interface BatchedWork {
  readonly run: (tx: WriteTransaction) => Promise<void>;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
  /** How often it was run in transactions that came to nothing. */
  readonly attempts: number;
}

export interface BatchResult {
  /** What everybody is to hear once the transaction is committed. */
  readonly outcomes: readonly (() => void)[];
  readonly wrote: boolean;
  readonly providers: ReadonlySet<ProviderId>;
  readonly names: boolean;
  /** All that was changed of providers, when that is usage alone; null: more than that. */
  readonly usage: readonly UsageChange[] | null;
}

/** Runs the work in the open transaction. Throws what concerns all of it: DatabaseFailure, StaleRead. */
export async function runBatch(connection: Connection, batch: readonly BatchedWork[], now: Date): Promise<BatchResult> {
  const outcomes: (() => void)[] = [];
  const providers = new Set<ProviderId>();
  const pending = new PendingChanges();
  let wrote = false;
  for (const work of batch) {
    const tx = new WriteTransaction(connection, now, { attempt: work.attempts, pending, isShared: batch.length > 1 });
    try {
      await work.run(tx);
      await tx.keep();
      outcomes.push(work.succeed);
      wrote ||= tx.changes.wrote;
      for (const id of tx.changes.providers) providers.add(id);
      pending.add(tx.changes);
    } catch (error) {
      if (error instanceof DatabaseFailure || error instanceof StaleRead) throw error;
      // The client's own mistake, or a bug in the work: no reason to fail the others.
      await tx.undo();
      outcomes.push(() => work.fail(error));
    }
  }
  return { outcomes, wrote, providers, names: pending.names, usage: pending.usage };
}
