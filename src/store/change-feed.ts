// The change feed. Each write lane numbers its commits and publishes, in the same transaction, what the commit changed.
// Since a lane commits strictly in order, a reader that remembers the last number of each lane misses nothing; a reader
// that finds rows pruned, or a lane gone, reloads everything.

import { randomUUID } from 'node:crypto';
import type { ProviderId } from '../domain/ids.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import { statement } from './statement.ts';
import type { Timestamp, WriterId } from './tables.ts';
import { toTimestamp } from './timestamps.ts';
import type { ReadTransaction } from './transaction.ts';

/** Commits of a lane that stay readable for slower readers; one that is further behind reloads. */
const CHANGES_KEPT = 5_000;
/** Old rows go every so many commits: one delete of about this many rows, not one per commit. */
const PRUNE_EVERY = 1_000;
/** A lane unseen for a day is forgotten when another registers. It re-registers should it come back. */
const WRITER_FORGOTTEN_MS = 24 * 60 * 60 * 1000;

const insertWriter = statement<{ id: WriterId; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('berth_writers').values({ id: slot.id, last_seq: 0, registered_at: slot.now, seen_at: slot.now }),
  ),
);
const deleteForgottenWriters = statement<{ before: Timestamp }>()(({ db, slot }) =>
  db.deleteFrom('berth_writers').where('seen_at', '<', slot.before),
);
const deleteOrphanedChanges = statement()(({ db }) =>
  db.deleteFrom('berth_changes').where('writer_id', 'not in', db.selectFrom('berth_writers').select('id')),
);
const advanceWriter = statement<{ id: WriterId; seq: number; before: number; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('berth_writers')
    .set({ last_seq: slot.seq, seen_at: slot.now })
    .where('id', '=', slot.id)
    .where('last_seq', '=', slot.before),
);
const touchWriter = statement<{ id: WriterId; now: Timestamp }>()(({ db, slot }) =>
  db.updateTable('berth_writers').set({ seen_at: slot.now }).where('id', '=', slot.id),
);
const writerPosition = statement<{ id: WriterId }>()(({ db, slot }) =>
  db.selectFrom('berth_writers').select('last_seq').where('id', '=', slot.id),
);
const insertChange = statement<{ writer: WriterId; seq: number; providers: string; names: number; now: Timestamp }>()(
  ({ db, slot }) =>
    db.insertInto('berth_changes').values({
      writer_id: slot.writer,
      seq: slot.seq,
      providers: slot.providers,
      names: slot.names,
      created_at: slot.now,
    }),
);
const pruneChanges = statement<{ writer: WriterId; seq: number }>()(({ db, slot }) =>
  db.deleteFrom('berth_changes').where('writer_id', '=', slot.writer).where('seq', '<=', slot.seq),
);
const selectWriters = statement()(({ db }) => db.selectFrom('berth_writers').select(['id', 'last_seq']).orderBy('id'));
const selectChanges = statement<{ writer: WriterId; after: number }>()(({ db, slot }) =>
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

/** The entry of one commit: enough to find out later whether that commit happened. */
export interface FeedEntry {
  readonly writer: WriterId;
  readonly seq: number;
}

/** The writing end: one per lane. */
export class FeedWriter {
  #registration: { readonly id: WriterId; readonly committed: boolean } | undefined;
  #lastSeq = 0;

  /**
   * Adds the entry of a commit, inside its transaction. Then either {@link committed} or {@link rolledBack} must be
   * called. Throws StaleRead when the registration was lost; the next call registers anew.
   */
  async publish(connection: Connection, changes: Changes, date: Date): Promise<FeedEntry> {
    const now = toTimestamp(date);
    this.#registration ??= { id: await register(connection, date), committed: false };
    const { id } = this.#registration;
    const seq = this.#lastSeq + 1;
    const matched = await connection.change(advanceWriter, { id, seq, before: this.#lastSeq, now });
    if (matched !== 1) {
      this.forget();
      throw new StaleRead('the registration of a write lane');
    }
    const providers = JSON.stringify([...changes.providers]);
    await connection.change(insertChange, { writer: id, seq, providers, names: changes.names ? 1 : 0, now });
    if (seq % PRUNE_EVERY === 0) await connection.change(pruneChanges, { writer: id, seq: seq - CHANGES_KEPT });
    return { writer: id, seq };
  }

  /** The transaction of the last {@link publish} was committed. */
  committed(): void {
    this.#lastSeq += 1;
    if (this.#registration !== undefined) this.#registration = { ...this.#registration, committed: true };
  }

  /** The transaction of the last {@link publish} was rolled back. A registration made in it is gone too. */
  rolledBack(): void {
    if (this.#registration?.committed === false) this.forget();
  }

  /** Registers anew next time: for when it is not known which numbers were committed. */
  forget(): void {
    this.#registration = undefined;
    this.#lastSeq = 0;
  }
}

async function register(connection: Connection, date: Date): Promise<WriterId> {
  const before = toTimestamp(new Date(date.getTime() - WRITER_FORGOTTEN_MS));
  const forgotten = await connection.change(deleteForgottenWriters, { before });
  if (forgotten > 0) await connection.change(deleteOrphanedChanges, {});
  const id = newWriterId();
  await connection.insert(insertWriter, { id, now: toTimestamp(date) });
  return id;
}

/**
 * Whether the commit with this entry happened, found out on another connection after the answer to COMMIT was lost.
 * Must run in a transaction: it first changes the writer's row, and so waits until the lost transaction, which has
 * changed it too, has ended one way or the other.
 */
export async function wasCommitted(connection: Connection, entry: FeedEntry, date: Date): Promise<boolean> {
  await connection.change(touchWriter, { id: entry.writer, now: toTimestamp(date) });
  const row = (await connection.rows(writerPosition, { id: entry.writer }))[0];
  return row !== undefined && row.last_seq >= entry.seq;
}

/** What the reading end found since its last look; `everything` when it cannot tell. */
export type FeedNews = { readonly providers: ReadonlySet<ProviderId>; readonly names: boolean } | 'everything';

/** Whether nothing was committed since `position`: one cheap query, for the many looks that find nothing. */
export async function isFeedUnchanged(connection: Connection, position: FeedPosition): Promise<boolean> {
  const writers = await connection.rows(selectWriters, {});
  return writers.length === position.size && writers.every((writer) => position.get(writer.id) === writer.last_seq);
}

/** Where a reader is: the last number it has seen of each lane. */
export type FeedPosition = ReadonlyMap<WriterId, number>;

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

function newWriterId(): WriterId {
  const id = randomUUID();
  if (!isWriterId(id)) throw new TypeError('a writer is named by a UUID');
  return id;
}

function isWriterId(text: string): text is WriterId {
  return text.length === 36;
}

function isProviderId(value: unknown): value is ProviderId {
  return Number.isInteger(value);
}
