// The store: everything that Berth keeps. Writes go through lanes, reads see one moment, and `poll` tells the model
// what was committed since it last asked.

import type { ModelUpdate } from '../domain/resource-provider.ts';
import { type FeedPosition, readFeed } from './change-feed.ts';
import { readAllProviderStates, readNames, readProviderStates } from './provider-states.ts';
import type { ReadConnection } from './read-connection.ts';
import type { ReadTransaction } from './transaction.ts';
import type { WriteLane, WriteWork } from './write-lane.ts';

export interface StoreParts {
  readonly reader: ReadConnection;
  readonly lane: WriteLane;
  /**
   * A number that changes with every commit of anyone, where the database tells one more cheaply than a query;
   * otherwise undefined, and every look is a query.
   */
  readonly commitCounter: (() => number) | undefined;
  readonly closeConnections: () => void;
}

export class Store {
  readonly #parts: StoreParts;
  #position: FeedPosition | undefined;
  #seenCommit: number | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Runs the work in one transaction; answers after the commit. See {@link WriteLane.write}. */
  write<Result>(work: WriteWork<Result>): Promise<Result> {
    return this.#parts.lane.write(work);
  }

  /** Runs the work on one consistent view of the database, no older than this call. */
  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#parts.reader.read(work);
  }

  /**
   * What was committed, by any process, since the last call: the one source of the model in memory. Calls must not
   * overlap. A failed call loses nothing: the next one reads from the same position.
   */
  async poll(): Promise<ModelUpdate> {
    // Read before the feed: a commit that falls in between is seen now and looked for once more next time.
    const commit = this.#parts.commitCounter?.();
    if (commit !== undefined && commit === this.#seenCommit) return { kind: 'none' };
    const update = await this.read(async (tx): Promise<ModelUpdate> => {
      const { news, position } = await readFeed(tx, this.#position);
      const found = await modelUpdate(tx, news);
      this.#position = position;
      return found;
    });
    this.#seenCommit = commit;
    return update;
  }

  /** Commits what waits, then closes all connections. */
  async close(): Promise<void> {
    await this.#parts.lane.close();
    this.#parts.closeConnections();
  }
}

async function modelUpdate(
  tx: ReadTransaction,
  news: Awaited<ReturnType<typeof readFeed>>['news'],
): Promise<ModelUpdate> {
  if (news === 'everything') {
    return { kind: 'reload', names: await readNames(tx), providers: await readAllProviderStates(tx) };
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
