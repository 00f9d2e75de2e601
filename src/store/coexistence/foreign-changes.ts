// Writes of others. While OpenStack Placement itself serves the same database, triggers note in berth_foreign_changes
// what each of its commits changed (triggers.ts). Ids become visible out of order, so a reader remembers all that it has
// applied, not the last one. Rows go only together with a step of the epoch (prune-foreign-changes.ts): within an epoch
// the number of rows tells whether there are new ones; a reader that missed more than one step reloads everything.

import type { ProviderId } from '../../domain/ids.ts';
import { type RowOf, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

/** More rows than this nobody reads: loading everything is no more work. */
export const FOREIGN_ROWS_MAX = 50_000;
/** The row of berth_guards that counts the epochs. */
export const FOREIGN_EPOCH = 'foreign-changes';
/** Rows below the last known id that are read again: what became visible late is nearly always among them. */
const LATE_IDS = 256;

const allRows = statement()(({ db }) =>
  db.selectFrom('berth_foreign_changes').select(['id', 'provider_id']).orderBy('id'),
);
const rowsAfter = statement<{ after: number }>()(({ db, slot }) =>
  db.selectFrom('berth_foreign_changes').select(['id', 'provider_id']).where('id', '>', slot.after).orderBy('id'),
);
const advanceEpoch = statement<{ before: number; after: number; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('berth_guards')
    .set({ version: slot.after, changed_at: slot.now })
    .where('name', '=', FOREIGN_EPOCH)
    .where('version', '=', slot.before),
);
const firstEpoch = statement<{ version: number; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('berth_guards').values({ name: FOREIGN_EPOCH, version: slot.version, changed_at: slot.now })),
);

type ForeignRow = RowOf<typeof allRows>;

/** What one cheap look tells: as long as both stay the same, no row was added. */
export interface ForeignMarks {
  readonly rows: number;
  readonly epoch: number;
}

/** Where a reader is: the rows that it has applied. */
export interface ForeignPosition extends ForeignMarks {
  readonly ids: ReadonlySet<number>;
  /** The highest of `ids`, or 0. */
  readonly last: number;
}

/** What others changed; `everything` when that cannot be told. */
export type ForeignNews = { readonly providers: readonly ProviderId[]; readonly names: boolean } | 'everything';

/** What others committed since `before`. To be read in the transaction that has read `marks`. */
export async function readForeignChanges(
  tx: ReadTransaction,
  marks: ForeignMarks,
  before: ForeignPosition | undefined,
): Promise<{ readonly news: ForeignNews; readonly position: ForeignPosition }> {
  if (before !== undefined && before.rows === marks.rows && before.epoch === marks.epoch) {
    return { news: { providers: [], names: false }, position: before };
  }
  if (marks.rows > FOREIGN_ROWS_MAX) return { news: 'everything', position: positionAt(marks, new Set()) };
  const rows = await readRows(tx, marks, before);
  if (before === undefined || marks.epoch > before.epoch + 1) {
    return { news: 'everything', position: positionAt(marks, new Set(rows.map((row) => row.id))) };
  }
  const added = rows.filter((row) => !before.ids.has(row.id));
  const kept = marks.epoch === before.epoch ? before.ids : rows.map((row) => row.id);
  return {
    news: {
      providers: added.flatMap((row) => (row.provider_id === null ? [] : [row.provider_id])),
      names: added.some((row) => row.provider_id === null),
    },
    position: positionAt(marks, new Set([...kept, ...added.map((row) => row.id)])),
  };
}

/** All rows, or within an epoch those that can be new. */
async function readRows(
  tx: ReadTransaction,
  marks: ForeignMarks,
  before: ForeignPosition | undefined,
): Promise<readonly ForeignRow[]> {
  if (marks.rows === 0) return [];
  if (before?.epoch === marks.epoch) {
    const rows = await tx.rows(rowsAfter, { after: before.last - LATE_IDS });
    const added = rows.filter((row) => !before.ids.has(row.id)).length;
    if (before.ids.size + added === marks.rows) return rows;
  }
  return tx.rows(allRows, {});
}

function positionAt(marks: ForeignMarks, ids: ReadonlySet<number>): ForeignPosition {
  let last = 0;
  for (const id of ids) last = Math.max(last, id);
  return { rows: marks.rows, epoch: marks.epoch, ids, last };
}

/**
 * Goes from one epoch to another; false when somebody else did meanwhile. One step: every reader that has seen the
 * former epoch has applied what may be removed now. Two steps: every reader reloads everything.
 */
export async function stepEpoch(tx: WriteTransaction, before: number, steps: 1 | 2): Promise<boolean> {
  const after = before + steps;
  if ((await tx.change(advanceEpoch, { before, after, now: tx.now })) === 1) return true;
  return before === 0 && tx.insert(firstEpoch, { version: after, now: tx.now });
}
