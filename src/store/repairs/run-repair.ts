// Runs a repair in batches, each one transaction: what a batch has done stays done, whatever stops the next one. Where
// Berth's own tables exist, the change feed tells running services which providers changed.

import { FeedWriter } from '../change-feed.ts';
import type { Connection } from '../connection.ts';
import { DatabaseFailure, StaleRead } from '../database-errors.ts';
import type { DialectName } from '../dialect.ts';
import { WriteTransaction } from '../transaction.ts';
import { incompleteConsumers } from './incomplete-consumers.ts';
import { missingRoots } from './missing-roots.ts';
import { BATCH_MAX, type IncompleteOwner, type Repair, type RepairCount } from './repair.ts';

/** In the order in which `db sync` asks for them. */
export const REPAIRS: readonly Repair[] = [missingRoots, incompleteConsumers];

const BEGIN: Readonly<Record<DialectName, string>> = {
  sqlite: 'BEGIN IMMEDIATE',
  mysql: 'START TRANSACTION',
  postgresql: 'BEGIN ISOLATION LEVEL READ COMMITTED',
};

/** A batch that the database refused for a reason that passes is run again this often, after a random pause. */
const ATTEMPTS = 20;
const PAUSE_MAX_MS = 100;
const FEED_TABLES = ['berth_writers', 'berth_changes', 'berth_guards'];

export class RepairRun {
  readonly #connection: Connection;
  readonly #owner: IncompleteOwner;
  readonly #onBatch: (repair: Repair, count: RepairCount) => void;
  #feed: FeedWriter | null | undefined;

  /** @param onBatch told of every batch that was committed and found something */
  constructor(
    connection: Connection,
    owner: IncompleteOwner,
    onBatch: (repair: Repair, count: RepairCount) => void = () => {},
  ) {
    this.#connection = connection;
    this.#owner = owner;
    this.#onBatch = onBatch;
  }

  /** Repairs at most `max` records, as many as there are at most. */
  async repair(repair: Repair, max: number): Promise<RepairCount> {
    const total = { found: 0, repaired: 0 };
    while (total.found < max) {
      const wanted = Math.min(BATCH_MAX, max - total.found);
      const batch = await this.#undisturbed(repair, wanted);
      if (batch.found > 0) this.#onBatch(repair, batch);
      total.found += batch.found;
      total.repaired += batch.repaired;
      if (batch.found < wanted) break;
    }
    return total;
  }

  async #undisturbed(repair: Repair, max: number): Promise<RepairCount> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#batch(repair, max);
      } catch (error) {
        const passes = error instanceof StaleRead || (error instanceof DatabaseFailure && error.plan === 'run-again');
        if (!passes || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MAX_MS));
      }
    }
  }

  async #batch(repair: Repair, max: number): Promise<RepairCount> {
    const connection = this.#connection;
    const feed = await this.#feedWriter();
    await connection.command(BEGIN[connection.dialect.name]);
    try {
      const tx = new WriteTransaction(connection, new Date());
      const count = await repair.run(tx, max, { owner: this.#owner, guarded: feed !== null });
      const { providers, names } = tx.changes;
      const announced = feed !== null && providers.size > 0;
      if (announced) await feed.publish(connection, { providers, names }, new Date());
      await connection.command('COMMIT');
      if (announced) feed.committed();
      return count;
    } catch (error) {
      feed?.rolledBack();
      await connection.command('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Null on a database that Berth has not served yet. */
  async #feedWriter(): Promise<FeedWriter | null> {
    if (this.#feed === undefined) {
      const tables = await this.#connection.tableNames();
      this.#feed = FEED_TABLES.every((name) => tables.has(name)) ? new FeedWriter() : null;
    }
    return this.#feed;
  }
}
