// What a repair of old records is. OpenStack Placement calls them online data migrations and knows these two; a schema
// two revisions back must do, for an operator runs them because `db sync` stopped there (operations §5.1).

import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

/** Most records that one transaction repairs: it holds locks, and a service may be running on the same database. */
export const BATCH_MAX = 50;

/** What is written where a record does not say whose it is: names of a project and a user. */
export interface IncompleteOwner {
  readonly project: string;
  readonly user: string;
}

export interface RepairContext {
  readonly owner: IncompleteOwner;
  /** Whether the database has Berth's own tables: then trees are guarded. */
  readonly guarded: boolean;
}

/** Records that were wrong, and those of them that no longer are. */
export interface RepairCount {
  readonly found: number;
  readonly repaired: number;
}

export interface Repair {
  /** As OpenStack Placement calls it. */
  readonly name: string;
  /** In words, for people. */
  readonly title: string;
  /** All records that need it. */
  count(tx: ReadTransaction): Promise<number>;
  /**
   * Repairs at most `max` records, which is at most {@link BATCH_MAX}. Must do the same when it is run again in another
   * transaction.
   */
  run(tx: WriteTransaction, max: number, context: RepairContext): Promise<RepairCount>;
}
