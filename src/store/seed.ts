// Seeds the standard resource classes and traits (operations §4.4). Each is inserted if absent, so processes of
// different versions may start at once; nothing is renamed or removed.

import { type ResourceClassId, resourceClassId } from '../domain/ids.ts';
import { STANDARD_RESOURCE_CLASSES } from '../domain/resource-class.ts';
import { STANDARD_TRAITS } from '../domain/trait.ts';
import { statement } from './statement.ts';
import type { Timestamp } from './tables.ts';
import type { WriteTransaction } from './transaction.ts';

const selectClasses = statement()(({ db }) => db.selectFrom('resource_classes').select('name'));
const selectTraits = statement()(({ db }) => db.selectFrom('traits').select('name'));
const insertClass = statement<{ id: ResourceClassId; name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('resource_classes').values({ id: slot.id, name: slot.name, created_at: slot.now })),
);
const insertTrait = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('traits').values({ name: slot.name, created_at: slot.now })),
);
/** Inserts the standard names that are missing, and tells the models if there were any. */
export async function seedStandardNames(tx: WriteTransaction): Promise<void> {
  const classes = new Set((await tx.rows(selectClasses, {})).map((row) => row.name));
  for (const [position, name] of STANDARD_RESOURCE_CLASSES.entries()) {
    if (classes.has(name)) continue;
    await tx.insert(insertClass, { id: resourceClassId(position), name, now: tx.now });
    tx.namesChanged();
  }
  const traits = new Set((await tx.rows(selectTraits, {})).map((row) => row.name));
  for (const name of STANDARD_TRAITS) {
    if (traits.has(name)) continue;
    await tx.insert(insertTrait, { name, now: tx.now });
    tx.namesChanged();
  }
}
