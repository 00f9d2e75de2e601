// The store: everything that Berth keeps. Writes go through lanes, reads see one moment, and `poll` tells the model
// what was committed since it last asked.

import type { ModelUpdate, ProviderState, ReloadTarget } from '../domain/resource-provider.ts';
import { type FeedPosition, isFeedUnchanged, readFeed } from './change-feed.ts';
import { readProviderStates } from './changed-providers.ts';
import { FOREIGN_ROWS_MAX } from './coexistence/foreign-changes.ts';
import { ForeignChangePruner, PRUNE_TURN_MS } from './coexistence/prune-foreign-changes.ts';
import { readNames, reloadProviderStates } from './provider-states.ts';
import type { ReadPool, ReadPoolLoad } from './read-pool.ts';
import type { ReadTransaction } from './transaction.ts';
import type { WriteLane, WriteWork } from './write-lane.ts';

export interface StoreParts {
  readonly reads: ReadPool;
  /** At least one. */
  readonly lanes: readonly WriteLane[];
  /**
   * A number that changes with every commit of anyone, where the database tells one more cheaply than a query;
   * otherwise undefined, and every look is a query.
   */
  readonly commitCounter: (() => number) | undefined;
  readonly afterClose: () => void;
}

/** How busy a store is. */
export interface StoreLoad {
  readonly reads: ReadPoolLoad;
  /** Writes that wait for their transaction to begin. */
  readonly writesQueued: number;
  readonly lanes: number;
}

export class Store {
  readonly #parts: StoreParts;
  readonly #pruner: ForeignChangePruner;
  readonly #prunerTimer: NodeJS.Timeout;
  #position: FeedPosition | undefined;
  #seenCommit: number | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#pruner = new ForeignChangePruner({ read: (work) => this.read(work), write: (work) => this.write(work) });
    this.#prunerTimer = setInterval(() => void this.#pruner.turn(), PRUNE_TURN_MS).unref();
  }

  /**
   * Runs the work in one transaction; answers after the commit. See {@link WriteLane.write}.
   *
   * @param subject what the write is about, such as a provider's UUID: writes about the same thing queue in one lane
   * instead of meeting in the database
   */
  write<Result>(work: WriteWork<Result>, subject?: string): Promise<Result> {
    return this.#laneFor(subject).write(work);
  }

  /** Runs the work on one consistent view of the database, no older than this call. */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#parts.reads.read(work);
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
    const commit = this.#parts.commitCounter?.();
    if (await this.#isUnchanged(commit)) return { kind: 'none' };
    return (await this.#look(commit, target, async () => null)).update;
  }

  async #look<Seen>(
    commit: number | undefined,
    target: ReloadTarget | undefined,
    see: (tx: ReadTransaction) => Promise<Seen>,
  ): Promise<{ readonly update: ModelUpdate; readonly seen: Seen }> {
    const { update, seen, position } = await this.#parts.reads.readPatiently(async (tx) => {
      const { news, position } = await readFeed(tx, this.#position);
      return { update: await modelUpdate(tx, news, target), seen: await see(tx), position };
    });
    this.#position = position;
    if (position.foreign.rows > FOREIGN_ROWS_MAX) void this.#pruner.turn();
    this.#seenCommit = commit;
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
    return this.#look(this.#parts.commitCounter?.(), target, see);
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

  async #isUnchanged(commit: number | undefined): Promise<boolean> {
    const position = this.#position;
    if (position === undefined) return false;
    if (commit !== undefined) return commit === this.#seenCommit;
    return this.#parts.reads.once((connection) => isFeedUnchanged(connection, position));
  }

  #laneFor(subject: string | undefined): WriteLane {
    const { lanes } = this.#parts;
    const shortest = lanes.reduce((best, lane) => (lane.queued < best.queued ? lane : best));
    if (subject === undefined) return shortest;
    return lanes[hashOf(subject) % lanes.length] ?? shortest;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
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
