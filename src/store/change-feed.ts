// The change feed. Each write lane numbers its commits and publishes, in the same transaction, what the commit changed.
// Since a lane commits strictly in order, a reader that remembers the last number of each lane misses nothing; a reader
// that finds rows pruned, or a lane gone, reloads everything.

import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder } from 'kysely';
import type { ProviderId } from '../domain/ids.ts';
import {
  FOREIGN_EPOCH,
  type ForeignMarks,
  type ForeignPosition,
  readForeignChanges,
} from './coexistence/foreign-changes.ts';
import type { Connection } from './connection.ts';
import { StaleRead } from './database-errors.ts';
import { type GuardedChange, guardedChange, guardedInsert } from './guarded-change.ts';
import { type RowOf, statement } from './statement.ts';
import type { Tables, Timestamp, WriterId } from './tables.ts';
import { toTimestamp } from './timestamps.ts';
import type { ReadTransaction } from './transaction.ts';

/** Commits of a lane that stay readable for slower readers; one that is further behind reloads. */
const CHANGES_KEPT = 5_000;
/** Old rows go every so many commits: one delete of about this many rows, not one per commit. */
const PRUNE_EVERY = 1_000;
/** Of `names`, of an entry: names have changed. */
const CHANGED = 1;
/** Of an entry that only keeps its number from the commit that it was meant for; see {@link wasCommitted}. */
const TAKEN = 2;
/**
 * The lane of those who know nothing of lanes, without a commit of its own: where it is, what they write is or was noted
 * (coexistence/), and has to be looked for.
 */
const LANE_OF_OTHERS = writerId('00000000-0000-0000-0000-000000000000');
/** A lane unseen for a day is forgotten when another registers. It re-registers should it come back. */
const WRITER_FORGOTTEN_MS = 24 * 60 * 60 * 1000;
/** Of a lane that is not to be forgotten. */
const SEEN_FOR_EVER = toTimestamp(new Date('9999-12-31T23:59:59.999Z'));

const insertWriter = statement<{ id: WriterId; now: Timestamp; seen: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('berth_writers').values({ id: slot.id, last_seq: 0, registered_at: slot.now, seen_at: slot.seen }),
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
/** The last number of each lane. */
const selectLanes = statement()(({ db }) => db.selectFrom('berth_writers').select(['id', 'last_seq']));
/** The marks of what others wrote. */
const selectForeignMarks = statement()(({ db }) => db.selectNoFrom(foreignMarks));
/** Both in one: the last number of each lane, each time with the marks; nothing as long as there is no lane. */
const selectMarks = statement()(({ db }) =>
  db.selectFrom('berth_writers').select(['id', 'last_seq']).select(foreignMarks),
);
const selectChanges = statement<{ writer: WriterId; after: number }>()(({ db, slot }) =>
  db
    .selectFrom('berth_changes')
    .select(['providers', 'names'])
    .where('writer_id', '=', slot.writer)
    .where('seq', '>', slot.after)
    .orderBy('seq'),
);

const selectChange = statement<{ writer: WriterId; seq: number }>()(({ db, slot }) =>
  db.selectFrom('berth_changes').select('names').where('writer_id', '=', slot.writer).where('seq', '=', slot.seq),
);

function foreignMarks({ selectFrom }: Pick<ExpressionBuilder<Tables, never>, 'selectFrom'>) {
  return [
    selectFrom('berth_foreign_changes')
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .as('foreign_rows'),
    selectFrom('berth_guards').select('version').where('name', '=', FOREIGN_EPOCH).as('foreign_epoch'),
  ] as const;
}

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

/** An entry, and what adds it to the feed. */
export interface Publication {
  readonly entry: FeedEntry;
  readonly changes: readonly GuardedChange[];
}

/** The writing end: one per lane. */
export class FeedWriter {
  #registration: { readonly id: WriterId; readonly committed: boolean } | undefined;
  #lastSeq = 0;

  /**
   * The entry of a commit and the changes that add it, the last of the transaction: one of them throws StaleRead when the
   * registration was lost, and the next call registers anew. Then either {@link committed} or {@link rolledBack} must be
   * called.
   */
  async publish(connection: Connection, changes: Changes, date: Date): Promise<Publication> {
    const now = toTimestamp(date);
    this.#registration ??= { id: await register(connection, date), committed: false };
    const { id } = this.#registration;
    const seq = this.#lastSeq + 1;
    const advance = guardedChange(
      advanceWriter,
      { id, seq, before: this.#lastSeq, now },
      { rows: 1, subject: 'the registration of a write lane', whenStale: () => this.forget() },
    );
    const providers = JSON.stringify([...changes.providers]);
    const row = { writer: id, seq, providers, names: changes.names ? CHANGED : 0, now };
    const prune = { writer: id, seq: seq - CHANGES_KEPT };
    return {
      entry: { writer: id, seq },
      changes: [
        advance,
        guardedInsert(insertChange, row, { subject: 'the change feed' }),
        ...(seq % PRUNE_EVERY === 0
          ? [guardedChange(pruneChanges, prune, { rows: null, subject: 'the change feed' })]
          : []),
      ],
    };
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

/** To be called before what others write is noted for the first time; may be called again. */
export async function addLaneOfOthers(connection: Connection, date: Date): Promise<void> {
  await connection.insert(insertWriter, { id: LANE_OF_OTHERS, now: toTimestamp(date), seen: SEEN_FOR_EVER });
}

async function register(connection: Connection, date: Date): Promise<WriterId> {
  const before = toTimestamp(new Date(date.getTime() - WRITER_FORGOTTEN_MS));
  const forgotten = await connection.change(deleteForgottenWriters, { before });
  if (forgotten > 0) await connection.change(deleteOrphanedChanges, {});
  const id = writerId(randomUUID());
  const now = toTimestamp(date);
  await connection.insert(insertWriter, { id, now, seen: now });
  return id;
}

/**
 * Whether the commit with this entry happened, found out on another connection after the answer to COMMIT was lost.
 * Must run in a transaction, and a no holds once that is committed. It first changes the writer's row, and so waits until
 * the lost transaction, if it has changed it too, has ended one way or the other. One that may still come to that, as its
 * changes were sent with the COMMIT, finds its number taken by an empty entry, and comes to nothing. An insert comes
 * before, since PostgreSQL lets an update pass by a row that the lost transaction itself has made.
 */
export async function wasCommitted(connection: Connection, entry: FeedEntry, date: Date): Promise<boolean> {
  const { writer, seq } = entry;
  const now = toTimestamp(date);
  if (await connection.insert(insertWriter, { id: writer, now, seen: now })) return false;
  await connection.change(touchWriter, { id: writer, now });
  const row = (await connection.rows(writerPosition, { id: writer }))[0];
  if (row === undefined) return false;
  if (row.last_seq >= seq) {
    const [entry] = await connection.rows(selectChange, { writer, seq });
    return entry?.names !== TAKEN;
  }
  const matched = await connection.change(advanceWriter, { id: writer, seq, before: seq - 1, now });
  if (matched !== 1) throw new StaleRead('the numbers of a write lane');
  await connection.insert(insertChange, { writer, seq, providers: '[]', names: TAKEN, now });
  return false;
}

/** Whether the entry is in the feed, asked on the connection that was to commit it and that has had an answer since. */
export async function isPublished(
  connection: Connection,
  { writer, seq }: FeedEntry,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    // What is left of the transaction would else be seen as if it were there.
    await connection.command('ROLLBACK');
    const [row] = await connection.rows(writerPosition, { id: writer });
    return row !== undefined && row.last_seq >= seq ? 'yes' : 'no';
  } catch {
    return 'unknown';
  }
}

/** What the reading end found since its last look; `everything` when it cannot tell. */
export type FeedNews = { readonly providers: ReadonlySet<ProviderId>; readonly names: boolean } | 'everything';

/** How far the feed is: the last number of each lane, and what others have written. */
export interface FeedMarks {
  readonly lanes: ReadonlyMap<WriterId, number>;
  readonly foreign: ForeignMarks;
}

/**
 * One cheap query, for the many looks that find nothing. Of others nothing is looked for as long as nothing of theirs was
 * ever noted: before it is, their lane comes, and is news for a reader at this position.
 */
export async function readFeedMarks(connection: Connection, { lanes, foreign }: FeedPosition): Promise<FeedMarks> {
  const isNoted = lanes.has(LANE_OF_OTHERS) || foreign.epoch > 0 || foreign.rows > 0;
  if (isNoted) return readMarks(connection);
  const rows = await connection.rows(selectLanes, {});
  return { lanes: lanesIn(rows), foreign };
}

/** Whether a reader at this position has everything that the marks tell of. */
export function hasReached(position: FeedPosition, { lanes, foreign }: FeedMarks): boolean {
  const { lanes: known, foreign: knownForeign } = position;
  if (foreign.rows !== knownForeign.rows || foreign.epoch !== knownForeign.epoch) return false;
  return lanes.size === known.size && [...lanes].every(([id, seq]) => (known.get(id) ?? -1) >= seq);
}

/** Where a reader is. */
export interface FeedPosition {
  /** The last number it has seen of each lane. */
  readonly lanes: ReadonlyMap<WriterId, number>;
  readonly foreign: ForeignPosition;
}

async function readMarks(reader: Pick<Connection, 'rows'>): Promise<FeedMarks> {
  const rows = await reader.rows(selectMarks, {});
  const [first] = rows.length > 0 ? rows : await reader.rows(selectForeignMarks, {});
  return { lanes: lanesIn(rows), foreign: { rows: first?.foreign_rows ?? 0, epoch: first?.foreign_epoch ?? 0 } };
}

function lanesIn(rows: readonly RowOf<typeof selectLanes>[]): FeedMarks['lanes'] {
  return new Map(rows.map((row) => [row.id, row.last_seq]));
}

/**
 * What was committed since `position`, and the new position. Must be read in the same transaction as the providers
 * that are reloaded because of it.
 */
export async function readFeed(
  tx: ReadTransaction,
  position: FeedPosition | undefined,
): Promise<{ readonly news: FeedNews; readonly position: FeedPosition }> {
  const marks = await readMarks(tx);
  const foreign = await readForeignChanges(tx, marks.foreign, position?.foreign);
  const next = { lanes: marks.lanes, foreign: foreign.position };
  if (position === undefined || foreign.news === 'everything') return { news: 'everything', position: next };
  const own = await readLanes(tx, position.lanes, marks.lanes);
  if (own === 'everything') return { news: 'everything', position: next };
  const providers = new Set([...own.providers, ...foreign.news.providers]);
  return { news: { providers, names: own.names || foreign.news.names }, position: next };
}

/** What the lanes published between two positions. */
async function readLanes(
  tx: ReadTransaction,
  before: FeedPosition['lanes'],
  now: FeedPosition['lanes'],
): Promise<FeedNews> {
  for (const id of before.keys()) {
    if (!now.has(id)) return 'everything';
  }
  const providers = new Set<ProviderId>();
  let names = false;
  for (const [id, lastSeq] of now) {
    const seen = before.get(id) ?? 0;
    if (lastSeq === seen) continue;
    const rows = await tx.rows(selectChanges, { writer: id, after: seen });
    if (rows.length !== lastSeq - seen) return 'everything';
    for (const row of rows) {
      names ||= row.names === CHANGED;
      for (const provider of providerIds(row.providers)) providers.add(provider);
    }
  }
  return { providers, names };
}

function providerIds(json: string): readonly ProviderId[] {
  const ids: unknown = JSON.parse(json);
  if (!Array.isArray(ids) || !ids.every(isProviderId)) throw new Error('the change feed holds something else than ids');
  return ids;
}

function writerId(id: string): WriterId {
  if (!isWriterId(id)) throw new TypeError('a writer is named by a UUID');
  return id;
}

function isWriterId(text: string): text is WriterId {
  return text.length === 36;
}

function isProviderId(value: unknown): value is ProviderId {
  return Number.isInteger(value);
}
