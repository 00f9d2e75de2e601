// Guards: rows that transactions advance when they rely on something that no row of the schema stands for, such as the
// shape of a tree. Two transactions with one guard in common exclude each other, on a Galera cluster too, where a lock
// alone would not: the one that commits second finds the row changed and is run again.

import type { ProviderId, ResourceClassId, TraitId } from '../../domain/ids.ts';
import { StaleRead } from '../database-errors.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import type { WriteTransaction } from '../transaction.ts';

/** What is relied on. */
export type Guard =
  /** The shape of a tree: its root, who is whose parent, and that its members exist. */
  | { readonly kind: 'tree'; readonly root: ProviderId }
  /** Which aggregates a provider is in: a write below 1.19 changes them and leaves the generation alone. */
  | { readonly kind: 'aggregates'; readonly provider: ProviderId }
  /** That a class exists while inventory of it is made. */
  | { readonly kind: 'resource-class'; readonly id: ResourceClassId }
  /** That a trait exists while it is given to a provider. */
  | { readonly kind: 'trait'; readonly id: TraitId };

const advance = statement<{ name: string; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('berth_guards')
    .set(({ eb }) => ({ version: eb('version', '+', 1), changed_at: slot.now }))
    .where('name', '=', slot.name),
);
const insert = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('berth_guards').values({ name: slot.name, version: 1, changed_at: slot.now })),
);

/**
 * Advances the guards, in one order for everybody. What the transaction relies on must be read, or read again, after
 * this call. Where write transactions exclude each other anyway, there is nothing to do.
 */
export async function relyOn(tx: WriteTransaction, guards: readonly Guard[]): Promise<void> {
  if (tx.isSerial) return;
  for (const name of [...new Set(guards.map(nameOf))].sort()) {
    if ((await tx.change(advance, { name, now: tx.now })) === 1) continue;
    if (!(await tx.insert(insert, { name, now: tx.now }))) throw new StaleRead('a guard');
  }
}

function nameOf(guard: Guard): string {
  switch (guard.kind) {
    case 'tree':
      return `tree:${guard.root}`;
    case 'aggregates':
      return `aggregates:${guard.provider}`;
    case 'resource-class':
      return `resource-class:${guard.id}`;
    case 'trait':
      return `trait:${guard.id}`;
  }
}
