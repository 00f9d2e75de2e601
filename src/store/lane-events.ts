// What a write lane tells of: its commits, to whom they concern, and what happens inside, for metrics.

import type { UsageChange } from '../domain/resource-provider.ts';
import type { FeedEntry } from './change-feed.ts';
import type { DatabaseErrorPlan } from './database-errors.ts';

/** A commit of this process. */
export interface OwnCommit extends FeedEntry {
  /** All that it changed of providers, when that is usage alone; null: more than that. */
  readonly usage: readonly UsageChange[] | null;
}

/** A commit whose answer is awaited. */
export interface CommitUnderWay extends FeedEntry {
  /** Resolves when the answer has come, whatever it is, and watchers were told. */
  readonly done: Promise<void>;
}

/** What happened in a lane. */
export type LaneEvent =
  | { readonly kind: 'committed'; readonly requests: number }
  | { readonly kind: 'refused'; readonly plan: DatabaseErrorPlan; readonly stale: boolean; readonly error: string }
  | { readonly kind: 'outcome-found'; readonly committed: boolean };
