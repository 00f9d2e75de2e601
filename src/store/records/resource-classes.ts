// Rows of resource_classes. Custom classes get the highest id plus one, from 10000 on (operations §4.4).

import { sql } from 'kysely';
import { type ResourceClassId, resourceClassId } from '../../domain/ids.ts';
import { CUSTOM_RESOURCE_CLASS_ID_MIN, type ResourceClass } from '../../domain/resource-class.ts';
import { StaleRead } from '../database-errors.ts';
import { type RowOf, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { modifiedAt } from '../timestamps.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

const COLUMNS = ['id', 'name', 'created_at', 'updated_at'] as const;

const all = statement()(({ db }) => db.selectFrom('resource_classes').select(COLUMNS).orderBy('id'));
const byName = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('resource_classes').select(COLUMNS).where('name', '=', slot.name),
);
const byNames = statement<{ names: readonly string[] }>()(({ db, within }) =>
  db.selectFrom('resource_classes').select(COLUMNS).where(within('resource_classes.name', 'names')),
);
const highest = statement()(({ db }) =>
  db.selectFrom('resource_classes').select(({ fn }) => fn.max<ResourceClassId | null>('id').as('id')),
);
const insert = statement<{ id: ResourceClassId; name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('resource_classes').values({ id: slot.id, name: slot.name, created_at: slot.now })),
);
const rename = statement<{ id: ResourceClassId; name: string; now: Timestamp }>()(({ db, slot }) =>
  db.updateTable('resource_classes').set({ name: slot.name, updated_at: slot.now }).where('id', '=', slot.id),
);
const remove = statement<{ id: ResourceClassId }>()(({ db, slot }) =>
  db.deleteFrom('resource_classes').where('id', '=', slot.id),
);
const inventoryOf = statement<{ id: ResourceClassId }>()(({ db, slot }) =>
  db.selectFrom('inventories').select('id').where('resource_class_id', '=', slot.id).limit(sql.lit(1)),
);

/** All classes, by id. */
export async function readResourceClasses(tx: ReadTransaction): Promise<readonly ResourceClass[]> {
  return (await tx.rows(all, {})).map(toResourceClass);
}

export async function findResourceClass(tx: ReadTransaction, name: string): Promise<ResourceClass | undefined> {
  const row = await tx.first(byName, { name });
  return row === undefined ? undefined : toResourceClass(row);
}

/** Those of the classes that exist, by name. */
export async function findResourceClasses(
  tx: ReadTransaction,
  names: readonly string[],
): Promise<ReadonlyMap<string, ResourceClass>> {
  if (names.length === 0) return new Map();
  return new Map((await tx.rows(byNames, { names })).map((row) => [row.name, toResourceClass(row)]));
}

/**
 * Makes a custom class. The caller has seen in this transaction that the name is free; if another transaction took
 * the name or the id meanwhile, throws StaleRead and everything is run again.
 */
export async function insertResourceClass(tx: WriteTransaction, name: string): Promise<void> {
  const last = (await tx.first(highest, {}))?.id ?? 0;
  const id = resourceClassId(Math.max(last + 1, CUSTOM_RESOURCE_CLASS_ID_MIN));
  if (!(await tx.insert(insert, { id, name, now: tx.now }))) throw new StaleRead('a resource class');
  tx.namesChanged();
}

export async function renameResourceClassRow(tx: WriteTransaction, id: ResourceClassId, name: string): Promise<void> {
  await tx.change(rename, { id, name, now: tx.now });
  tx.namesChanged();
}

export async function deleteResourceClassRow(tx: WriteTransaction, id: ResourceClassId): Promise<void> {
  await tx.change(remove, { id });
  tx.namesChanged();
}

/** Whether any provider has inventory of the class. */
export async function hasInventories(tx: ReadTransaction, id: ResourceClassId): Promise<boolean> {
  return (await tx.first(inventoryOf, { id })) !== undefined;
}

function toResourceClass(row: RowOf<typeof byName>): ResourceClass {
  return { id: row.id, name: row.name, modifiedAt: modifiedAt(row) };
}
