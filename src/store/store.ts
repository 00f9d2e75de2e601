// The store: everything that Berth keeps. Writes go through lanes, reads see one moment, and `poll` tells the model
// what was committed since it last asked.

import type { ModelUpdate, ProviderState, ReloadTarget } from '../domain/resource-provider.ts';
import { type FeedPosition, hasReached, readFeed, readFeedMarks } from './change-feed.ts';
import { readProviderStates } from './changed-providers.ts';
import { FOREIGN_ROWS_MAX } from './coexistence/foreign-changes.ts';
import { ForeignChangePruner, PRUNE_TURN_MS } from './coexistence/prune-foreign-changes.ts';
import { KnownOwners } from './known-owners.ts';
import { LaneChoice } from './lane-choice.ts';
import type { OwnCommit } from './lane-events.ts';
import { readNames, reloadProviderStates } from './provider-states.ts';
import type { ReadPool, ReadPoolLoad } from './read-pool.ts';
import { findFactIds } from './records/consumers.ts';
import type { Together } from './shared-work.ts';
import { ReadTransaction } from './transaction.ts';
import type { WriteLane, WriteWork } from './write-lane.ts';

export interface StoreParts {
  readonly reads: ReadPool;
  /** At least one. */
  readonly lanes: readonly WriteLane[];
  /**
   * A number that changes with every commit of other processes, where the database tells one more cheaply than a query;
   * otherwise undefined, and every look is a query. It may change without a commit, too.
   */
  readonly foreignCommits: (() => number | undefined) | undefined;
  /** Whether a provider that was deleted may come back with the same row id and generation. */
  readonly reusesIds: boolean;
  readonly afterClose: () => void;
}

/** The answer to a COMMIT that others see already is not far. */
const OWN_COMMIT_WAIT_MS = 20;

/** What tells without a query whether something was committed. */
interface CommitMarks {
  readonly foreign: number | undefined;
  readonly leftToRead: number;
}

/** How busy a store is. */
export interface StoreLoad {
  readonly reads: ReadPoolLoad;
  /** Writes that wait for their transaction to begin. */
  readonly writesQueued: number;
  readonly lanes: number;
}

export class Store {
  /** Ids of who owns consumers. */
  readonly owners = new KnownOwners((facts) => this.readOnce((tx) => findFactIds(tx, facts)));
  readonly #parts: StoreParts;
  readonly #laneChoice = new LaneChoice();
  readonly #pruner: ForeignChangePruner;
  readonly #prunerTimer: NodeJS.Timeout;
  #position: FeedPosition | undefined;
  #seenForeign: number | undefined;
  /** Commits of this process that the reader has to read from the feed. */
  #leftToRead = 0;
  #watcher: (commit: OwnCommit) => void = () => {
    this.#leftToRead += 1;
  };
  #seenLeftToRead = 0;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    for (const lane of parts.lanes) {
      lane.watch((commit) => this.#watcher(commit));
      if (parts.lanes.length > 1) lane.whenBehind(({ subjects }) => this.#laneChoice.laneOf(subjects, parts.lanes));
    }
    this.#pruner = new ForeignChangePruner({ read: (work) => this.read(work), write: (work) => this.write(work) });
    this.#prunerTimer = setInterval(() => void this.#pruner.turn(), PRUNE_TURN_MS).unref();
  }

  /**
   * Runs the work in one transaction; answers after the commit. See {@link WriteLane.write}.
   *
   * @param subjects what the write is about, such as providers' UUIDs: writes about the same thing queue in one lane
   * instead of meeting in the database
   */
  write<Result>(work: WriteWork<Result>, ...subjects: readonly string[]): Promise<Result> {
    return this.#laneChoice.laneOf(subjects, this.#parts.lanes).write(work, subjects);
  }

  /**
   * The same for what can be done for several requests at once.
   *
   * @param work what is done when the request is the only one, or could not be served with the others
   */
  writeTogether<Item>(
    together: Together<Item>,
    item: Item,
    work: WriteWork<void>,
    ...subjects: readonly string[]
  ): Promise<void> {
    return this.#laneChoice
      .laneOf(subjects, this.#parts.lanes)
      .write(work, subjects, { work: together, request: together.bring(item), result: undefined });
  }

  /**
   * Says that writers have met all the same, and on what, as far as that is known: writes about it go to one lane for a
   * while.
   */
  met(subjects: readonly string[]): void {
    this.#laneChoice.met(subjects);
  }

  /** Whether other processes, or other lanes, have lately written to what this one was about to write to. */
  get othersWrite(): boolean {
    return this.#laneChoice.hasMet;
  }

  /** Runs the work on one consistent view of the database, no older than this call. */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#parts.reads.read(work);
  }

  /** The same for work of a single statement, which is of one moment by itself: it costs one round trip instead of three. */
  readOnce<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#parts.reads.once((connection) => work(new ReadTransaction(connection)));
  }

  /**
   * What was committed, by any process, since the last call: the one source of the model in memory. Calls must not
   * overlap. A failed call loses nothing: the next one reads from the same position.
   *
   * @param wanted `everything` for a reader that has lost its state and starts anew
   * @param target is given the providers of a reload while they are read; without one, the update holds them all
   */
  async poll(wanted: 'news' | 'everything' = 'news', target?: ReloadTarget): Promise<ModelUpdate> {
    if (wanted === 'everything') this.#position = undefined;
    // Read before the feed: a commit that falls in between is seen now and looked for once more next time.
    const marks = this.#marks();
    if (await this.#isUnchanged(marks)) return { kind: 'none' };
    return (await this.#look(marks, target, async () => null)).update;
  }

  /**
   * Tells of every commit of this process, in the order of its lane and before anybody is answered. Who watches must call
   * {@link takeOver} for each; of commits that nobody watches the next poll tells.
   */
  watchCommits(watcher: (commit: OwnCommit) => void): void {
    this.#watcher = watcher;
  }

  /**
   * Lets the reader of {@link poll} take over a commit of this process without reading it. `apply` is called when the
   * reader has everything before the commit and not the commit itself, and tells whether it could; otherwise the next
   * poll brings it. True when the reader has the commit now. Must not be called between `reading` of a poll and its end.
   */
  takeOver({ writer, seq }: OwnCommit, apply: () => boolean): boolean {
    const position = this.#position;
    const seen = position?.lanes.get(writer) ?? 0;
    if (position !== undefined && seen >= seq) return true;
    if (position === undefined || seen !== seq - 1 || !apply()) {
      this.#leftToRead += 1;
      return false;
    }
    this.#position = { ...position, lanes: new Map(position.lanes).set(writer, seq) };
    return true;
  }

  /**
   * How far what the reader of {@link poll} knows may be relied on inside a write transaction: `exact`, nothing was
   * committed since; `by-generation`, a provider that still has its id and generation is as it was, but for consumers
   * that gave something back; `none`, not at all.
   */
  get readerKnows(): 'exact' | 'by-generation' | 'none' {
    if (this.#position === undefined) return 'none';
    if (!this.#parts.reusesIds) return 'by-generation';
    const marks = this.#marks();
    return marks.foreign !== undefined && this.#isSeen(marks) ? 'exact' : 'none';
  }

  async #look<Seen>(
    marks: CommitMarks,
    target: ReloadTarget | undefined,
    see: (tx: ReadTransaction) => Promise<Seen>,
  ): Promise<{ readonly update: ModelUpdate; readonly seen: Seen }> {
    target?.reading();
    const { update, seen, position } = await this.#parts.reads.readPatiently(async (tx) => {
      const { news, position } = await readFeed(tx, this.#position);
      return { update: await modelUpdate(tx, news, target), seen: await see(tx), position };
    });
    this.#position = position;
    if (position.foreign.rows > FOREIGN_ROWS_MAX) void this.#pruner.turn();
    this.#seenForeign = marks.foreign;
    this.#seenLeftToRead = marks.leftToRead;
    return { update, seen };
  }

  /**
   * Like {@link poll}, together with what `see` reads in the same view of the database: both are of one moment.
   */
  async pollAndSee<Seen>(
    wanted: 'news' | 'everything',
    target: ReloadTarget,
    see: (tx: ReadTransaction) => Promise<Seen>,
  ): Promise<{ readonly update: ModelUpdate; readonly seen: Seen }> {
    if (wanted === 'everything') this.#position = undefined;
    return this.#look(this.#marks(), target, see);
  }

  /** How busy it is at this moment, for metrics. */
  get load(): StoreLoad {
    const { reads, lanes } = this.#parts;
    return { reads: reads.load, writesQueued: lanes.reduce((sum, lane) => sum + lane.queued, 0), lanes: lanes.length };
  }

  /** Commits what waits, then closes all connections. */
  async close(): Promise<void> {
    clearInterval(this.#prunerTimer);
    await Promise.all(this.#parts.lanes.map((lane) => lane.close()));
    this.#parts.reads.close();
    this.#parts.afterClose();
  }

  #marks(): CommitMarks {
    return { foreign: this.#parts.foreignCommits?.(), leftToRead: this.#leftToRead };
  }

  #isSeen({ foreign, leftToRead }: CommitMarks): boolean {
    return foreign === this.#seenForeign && leftToRead === this.#seenLeftToRead;
  }

  async #isUnchanged(marks: CommitMarks): Promise<boolean> {
    const position = this.#position;
    if (position === undefined) return false;
    if (marks.foreign !== undefined) return this.#isSeen(marks);
    const shown = await this.#parts.reads.once((connection) => readFeedMarks(connection, position));
    const hasAll = (): boolean => this.#position !== undefined && hasReached(this.#position, shown);
    if (hasAll()) return true;
    // What a lane of this process has just committed the reader is about to take over, and need not read.
    const own = this.#parts.lanes.flatMap(({ committing }) =>
      committing !== undefined && shown.lanes.get(committing.writer) === committing.seq ? [committing.done] : [],
    );
    if (own.length === 0) return false;
    await Promise.race([Promise.all(own), new Promise((resolve) => setTimeout(resolve, OWN_COMMIT_WAIT_MS))]);
    return hasAll();
  }
}

async function modelUpdate(
  tx: ReadTransaction,
  news: Awaited<ReturnType<typeof readFeed>>['news'],
  target: ReloadTarget | undefined,
): Promise<ModelUpdate> {
  if (news === 'everything') {
    const names = await readNames(tx);
    const providers: ProviderState[] = [];
    if (target === undefined) await reloadProviderStates(tx, (slice) => providers.push(...slice));
    else {
      target.begin(names);
      await reloadProviderStates(tx, (slice) => target.add(slice));
    }
    return { kind: 'reload', names, providers: target === undefined ? providers : null };
  }
  if (news.providers.size === 0 && !news.names) return { kind: 'none' };
  const states = await readProviderStates(tx, [...news.providers]);
  const byId = new Map(states.map((state) => [state.id, state]));
  return {
    kind: 'delta',
    names: news.names ? await readNames(tx) : null,
    providers: [...news.providers].map((id) => ({ id, state: byId.get(id) ?? null })),
  };
}
