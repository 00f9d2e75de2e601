// Removes the notes of what others wrote once every reader has applied them, without asking a clock: a row that was seen
// before an epoch began has been seen by whoever looks in that epoch, and so may go when it ends. Each process takes
// turns at it; it steps only where the epoch stood still for a whole turn, so that many processes step no faster than one.
// The highest row always stays: databases may give a number again once no higher one is there.

import { statement } from '../statement.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';
import { FOREIGN_EPOCH, FOREIGN_ROWS_MAX, type ForeignMarks, stepEpoch } from './foreign-changes.ts';

/** A row stays for two to three turns: a reader that looks less often reloads everything. */
export const PRUNE_TURN_MS = 30_000;
/** Ids in one statement. */
const IDS_MAX = 1_024;

const countRows = statement()(({ db }) =>
  db.selectFrom('berth_foreign_changes').select(({ fn }) => fn.countAll<number>().as('rows')),
);
const epochNow = statement()(({ db }) =>
  db.selectFrom('berth_guards').select('version').where('name', '=', FOREIGN_EPOCH),
);
const allIds = statement()(({ db }) => db.selectFrom('berth_foreign_changes').select('id').orderBy('id'));
const lowestId = statement()(({ db }) =>
  db.selectFrom('berth_foreign_changes').select(({ fn }) => fn.min<number | null>('id').as('id')),
);
const deleteRows = statement<{ ids: readonly number[] }>()(({ db, within }) =>
  db.deleteFrom('berth_foreign_changes').where(within('berth_foreign_changes.id', 'ids')),
);
const deleteBelow = statement<{ id: number }>()(({ db, slot }) =>
  db.deleteFrom('berth_foreign_changes').where('id', '<', slot.id),
);

/** How the pruner reaches the database. */
export interface PrunerAccess {
  readonly read: <Result>(work: (tx: ReadTransaction) => Promise<Result>) => Promise<Result>;
  readonly write: <Result>(work: (tx: WriteTransaction) => Promise<Result>) => Promise<Result>;
}

interface Look extends ForeignMarks {
  readonly ids: readonly number[];
}

export class ForeignChangePruner {
  readonly #access: PrunerAccess;
  /** What this process saw at its last turn. */
  #last: Look | undefined;
  /** Ids seen before the epoch of `#last` began. */
  #before: readonly number[] = [];
  #running: Promise<void> | undefined;

  constructor(access: PrunerAccess) {
    this.#access = access;
  }

  /** One turn; what fails is left for the next one. Calls that overlap share a turn. */
  turn(): Promise<void> {
    this.#running ??= this.#turn()
      .catch(() => {})
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #turn(): Promise<void> {
    let look = await this.#access.read(lookAt);
    while (look.rows > FOREIGN_ROWS_MAX) {
      if (!(await this.#removeLowest(look))) return;
      look = await this.#access.read(lookAt);
    }
    const last = this.#last;
    this.#last = look;
    if (last?.epoch !== look.epoch) {
      this.#before = last?.ids ?? [];
      return;
    }
    if (look.rows > 1) await this.#endEpoch(look);
  }

  async #endEpoch(look: Look): Promise<void> {
    const highest = look.ids.at(-1);
    const removed = this.#before.filter((id) => id !== highest);
    const stepped = await this.#access.write(async (tx) => {
      if (!(await stepEpoch(tx, look.epoch, 1))) return false;
      for (let start = 0; start < removed.length; start += IDS_MAX) {
        await tx.change(deleteRows, { ids: removed.slice(start, start + IDS_MAX) });
      }
      return true;
    });
    if (!stepped) return;
    const gone = new Set(removed);
    this.#before = look.ids.filter((id) => !gone.has(id));
    this.#last = { rows: this.#before.length, epoch: look.epoch + 1, ids: this.#before };
  }

  /** What gathered while no Berth was running; everybody reloads, so it does not matter who has seen what. */
  #removeLowest(look: Look): Promise<boolean> {
    return this.#access.write(async (tx) => {
      const lowest = (await tx.first(lowestId, {}))?.id ?? null;
      if (lowest === null || !(await stepEpoch(tx, look.epoch, 2))) return false;
      await tx.change(deleteBelow, { id: lowest + FOREIGN_ROWS_MAX });
      return true;
    });
  }
}

async function lookAt(tx: ReadTransaction): Promise<Look> {
  const rows = (await tx.first(countRows, {}))?.rows ?? 0;
  const epoch = (await tx.first(epochNow, {}))?.version ?? 0;
  const ids = rows > 0 && rows <= FOREIGN_ROWS_MAX ? (await tx.rows(allIds, {})).map((row) => row.id) : [];
  return { rows, epoch, ids };
}
