// The change feed. Each write lane numbers its commits and publishes, in the same transaction, what the commit changed.
// Since a lane commits strictly in order, a reader that remembers the last number of each lane misses nothing; a reader
// that finds rows pruned, or a lane gone, reloads everything.

import { randomUUID } from 'node:crypto';
import type { ProviderId } from '../domain/ids.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import { statement } from './statement.ts';
import type { Timestamp } from './tables.ts';
import { toTimestamp } from './timestamps.ts';
import type { ReadTransaction } from './transaction.ts';

/** Commits of a lane that stay readable for slower readers; one that is further behind reloads. */
const CHANGES_KEPT = 5_000;
/** Old rows go every so many commits: one delete of about this many rows, not one per commit. */
const PRUNE_EVERY = 1_000;
/** A lane unseen for a day is forgotten when another registers. It re-registers should it come back. */
const WRITER_FORGOTTEN_MS = 24 * 60 * 60 * 1000;

const insertWriter = statement<{ token: string; now: Timestamp }>()(({ db, slot }) =>
  db.insertInto('berth_writers').values({ token: slot.token, last_seq: 0, registered_at: slot.now, seen_at: slot.now }),
);
const deleteForgottenWriters = statement<{ before: Timestamp }>()(({ db, slot }) =>
  db.deleteFrom('berth_writers').where('seen_at', '<', slot.before),
);
const deleteOrphanedChanges = statement()(({ db }) =>
  db.deleteFrom('berth_changes').where('writer_id', 'not in', db.selectFrom('berth_writers').select('id')),
);
const advanceWriter = statement<{ id: number; token: string; seq: number; before: number; now: Timestamp }>()(
  ({ db, slot }) =>
    db
      .updateTable('berth_writers')
      .set({ last_seq: slot.seq, seen_at: slot.now })
      .where('id', '=', slot.id)
      .where('token', '=', slot.token)
      .where('last_seq', '=', slot.before),
);
const insertChange = statement<{ writer: number; seq: number; providers: string; names: number; now: Timestamp }>()(
  ({ db, slot }) =>
    db.insertInto('berth_changes').values({
      writer_id: slot.writer,
      seq: slot.seq,
      providers: slot.providers,
      names: slot.names,
      created_at: slot.now,
    }),
);
const pruneChanges = statement<{ writer: number; seq: number }>()(({ db, slot }) =>
  db.deleteFrom('berth_changes').where('writer_id', '=', slot.writer).where('seq', '<=', slot.seq),
);
const selectWriters = statement()(({ db }) => db.selectFrom('berth_writers').select(['id', 'last_seq']).orderBy('id'));
const selectChanges = statement<{ writer: number; after: number }>()(({ db, slot }) =>
  db
    .selectFrom('berth_changes')
    .select(['providers', 'names'])
    .where('writer_id', '=', slot.writer)
    .where('seq', '>', slot.after)
    .orderBy('seq'),
);

/** What a commit changed, as far as models care. */
export interface Changes {
  readonly providers: ReadonlySet<ProviderId>;
  readonly names: boolean;
}

/** The writing end: one per lane. */
export class FeedWriter {
  readonly #token = randomUUID();
  #id: number | undefined;
  #lastSeq = 0;

  /**
   * Adds the entry of a commit, inside its transaction. Call {@link committed} once the commit has succeeded.
   * Throws StaleRead when the registration was lost; the next call registers anew.
   */
  async publish(connection: Connection, changes: Changes, now: Date): Promise<void> {
    const timestamp = toTimestamp(now);
    this.#id ??= await this.#register(connection, now);
    const seq = this.#lastSeq + 1;
    const { matched } = await connection.change(advanceWriter, {
      id: this.#id,
      token: this.#token,
      seq,
      before: this.#lastSeq,
      now: timestamp,
    });
    if (matched !== 1) {
      this.#forget();
      throw new StaleRead('the registration of a write lane');
    }
    await connection.change(insertChange, {
      writer: this.#id,
      seq,
      providers: JSON.stringify([...changes.providers]),
      names: changes.names ? 1 : 0,
      now: timestamp,
    });
    if (seq % PRUNE_EVERY === 0) {
      await connection.change(pruneChanges, { writer: this.#id, seq: seq - CHANGES_KEPT });
    }
  }

  /** The transaction of the last {@link publish} was committed. */
  committed(): void {
    this.#lastSeq += 1;
  }

  /** The transaction of the last {@link publish} was rolled back. A registration made in it is gone too. */
  rolledBack(): void {
    if (this.#lastSeq === 0) this.#forget();
  }

  #forget(): void {
    this.#id = undefined;
    this.#lastSeq = 0;
  }

  async #register(connection: Connection, now: Date): Promise<number> {
    const before = toTimestamp(new Date(now.getTime() - WRITER_FORGOTTEN_MS));
    const { matched } = await connection.change(deleteForgottenWriters, { before });
    if (matched > 0) await connection.change(deleteOrphanedChanges, {});
    const { insertedId } = await connection.change(insertWriter, { token: this.#token, now: toTimestamp(now) });
    return insertedId;
  }
}

/** What the reading end found since its last look; `everything` when it cannot tell. */
export type FeedNews = { readonly providers: ReadonlySet<ProviderId>; readonly names: boolean } | 'everything';

/** Where a reader is: the last number it has seen of each lane. */
export type FeedPosition = ReadonlyMap<number, number>;

/**
 * What was committed since `position`, and the new position. Must be read in the same transaction as the providers
 * that are reloaded because of it.
 */
export async function readFeed(
  tx: ReadTransaction,
  position: FeedPosition | undefined,
): Promise<{ readonly news: FeedNews; readonly position: FeedPosition }> {
  const writers = await tx.rows(selectWriters, {});
  const next = new Map(writers.map((writer) => [writer.id, writer.last_seq]));
  if (position === undefined) return { news: 'everything', position: next };
  for (const id of position.keys()) {
    if (!next.has(id)) return { news: 'everything', position: next };
  }
  const providers = new Set<ProviderId>();
  let names = false;
  for (const writer of writers) {
    const seen = position.get(writer.id) ?? 0;
    if (writer.last_seq === seen) continue;
    const rows = await tx.rows(selectChanges, { writer: writer.id, after: seen });
    if (rows.length !== writer.last_seq - seen) return { news: 'everything', position: next };
    for (const row of rows) {
      names ||= row.names !== 0;
      for (const id of providerIds(row.providers)) providers.add(id);
    }
  }
  return { news: { providers, names }, position: next };
}

function providerIds(json: string): readonly ProviderId[] {
  const ids: unknown = JSON.parse(json);
  if (!Array.isArray(ids) || !ids.every(isProviderId)) throw new Error('the change feed holds something else than ids');
  return ids;
}

function isProviderId(value: unknown): value is ProviderId {
  return Number.isInteger(value);
}
