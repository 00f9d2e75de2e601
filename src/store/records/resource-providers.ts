// Rows of resource_providers: reading them whole, creating, renaming, moving and deleting them, and the generation.

import { sql } from 'kysely';
import type { ProviderId, ProviderUuid } from '../../domain/ids.ts';
import type { ResourceProvider } from '../../domain/resource-provider.ts';
import { StaleRead } from '../database-errors.ts';
import { type GuardedChange, guardedRows } from '../guarded-change.ts';
import { type RowOf, type StatementBuilder, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { modifiedAt } from '../timestamps.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

type Db = StatementBuilder<unknown>['db'];

/** A provider without a root row is invisible (operations §4.2): hence the inner join. */
const wholeProviders = (db: Db) =>
  db
    .selectFrom('resource_providers')
    .innerJoin('resource_providers as root', 'root.id', 'resource_providers.root_provider_id')
    .leftJoin('resource_providers as parent', 'parent.id', 'resource_providers.parent_provider_id')
    .select([
      'resource_providers.id',
      'resource_providers.uuid',
      'resource_providers.name',
      'resource_providers.generation',
      'resource_providers.created_at',
      'resource_providers.updated_at',
      'root.id as root_id',
      'root.uuid as root_uuid',
      'parent.id as parent_id',
      'parent.uuid as parent_uuid',
    ]);

const byUuid = statement<{ uuid: ProviderUuid }>()(({ db, slot }) =>
  wholeProviders(db).where('resource_providers.uuid', '=', slot.uuid),
);
const byUuids = statement<{ uuids: readonly ProviderUuid[] }>()(({ db, within }) =>
  wholeProviders(db).where(within('resource_providers.uuid', 'uuids')),
);
const idByUuid = statement<{ uuid: ProviderUuid }>()(({ db, slot }) =>
  db.selectFrom('resource_providers').select('id').where('uuid', '=', slot.uuid),
);
const lock = statement<{ uuids: readonly ProviderUuid[] }>()(({ db, within, forUpdate }) =>
  forUpdate(
    db.selectFrom('resource_providers').select('id').where(within('resource_providers.uuid', 'uuids')).orderBy('id'),
  ),
);
const lockById = statement<{ ids: readonly ProviderId[] }>()(({ db, within, forUpdate }) =>
  forUpdate(
    db.selectFrom('resource_providers').select('id').where(within('resource_providers.id', 'ids')).orderBy('id'),
  ),
);
const byName = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('resource_providers').select('id').where('name', '=', slot.name),
);
const byParent = statement<{ parent: ProviderId }>()(({ db, slot }) =>
  db.selectFrom('resource_providers').select('id').where('parent_provider_id', '=', slot.parent).limit(sql.lit(1)),
);
const byRoot = statement<{ root: ProviderId }>()(({ db, slot }) =>
  db.selectFrom('resource_providers').select(['id', 'parent_provider_id']).where('root_provider_id', '=', slot.root),
);
const insert = statement<{
  uuid: ProviderUuid;
  name: string;
  root: ProviderId | null;
  parent: ProviderId | null;
  now: Timestamp;
}>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('resource_providers').values({
      uuid: slot.uuid,
      name: slot.name,
      generation: 0,
      root_provider_id: slot.root,
      parent_provider_id: slot.parent,
      created_at: slot.now,
    }),
  ),
);
const setOwnRoot = statement<{ id: ProviderId; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('resource_providers')
    .set({ root_provider_id: slot.id, updated_at: slot.now })
    .where('id', '=', slot.id),
);
const setNameAndParent = statement<{ id: ProviderId; name: string; parent: ProviderId | null; now: Timestamp }>()(
  ({ db, slot }) =>
    db
      .updateTable('resource_providers')
      .set({ name: slot.name, parent_provider_id: slot.parent, updated_at: slot.now })
      .where('id', '=', slot.id),
);
const setRoot = statement<{ ids: readonly ProviderId[]; root: ProviderId; now: Timestamp }>()(({ db, slot, within }) =>
  db
    .updateTable('resource_providers')
    .set({ root_provider_id: slot.root, updated_at: slot.now })
    .where(within('resource_providers.id', 'ids')),
);
const setNextGeneration = statement<{ id: ProviderId; generation: number; by: number; now: Timestamp }>()(
  ({ db, slot }) =>
    db
      .updateTable('resource_providers')
      .set(({ eb }) => ({ generation: eb('generation', '+', slot.by), updated_at: slot.now }))
      .where('id', '=', slot.id)
      .where('generation', '=', slot.generation),
);
const unroot = statement<{ id: ProviderId; generation: number }>()(({ db, slot }) =>
  db
    .updateTable('resource_providers')
    .set({ root_provider_id: null })
    .where('id', '=', slot.id)
    .where('generation', '=', slot.generation),
);
const remove = statement<{ id: ProviderId; generation: number }>()(({ db, slot }) =>
  db.deleteFrom('resource_providers').where('id', '=', slot.id).where('generation', '=', slot.generation),
);

/**
 * Locks the rows of these providers, in id order, until the transaction ends: others queue instead of colliding.
 * Correctness does not rest on it (on a Galera cluster locks are local) but on the generation.
 */
export async function lockProviders(tx: WriteTransaction, uuids: readonly ProviderUuid[]): Promise<void> {
  if (!tx.isSerial && uuids.length > 0) await tx.rows(lock, { uuids });
}

/** The same for providers whose ids are known, in the order in which {@link generationAdvances} takes them too. */
export async function lockProvidersById(tx: WriteTransaction, ids: readonly ProviderId[]): Promise<void> {
  if (!tx.isSerial && ids.length > 0) await tx.rows(lockById, { ids });
}

/** The provider, or undefined. UUIDs are compared as exact text. */
export async function findProvider(tx: ReadTransaction, uuid: ProviderUuid): Promise<ResourceProvider | undefined> {
  const row = await tx.first(byUuid, { uuid });
  return row === undefined ? undefined : toProvider(row);
}

/** Those of the providers that exist, by UUID. */
export async function findProviders(
  tx: ReadTransaction,
  uuids: readonly ProviderUuid[],
): Promise<ReadonlyMap<ProviderUuid, ResourceProvider>> {
  if (uuids.length === 0) return new Map();
  const rows = await tx.rows(byUuids, { uuids });
  return new Map(rows.map((row) => [row.uuid, toProvider(row)]));
}

/** The id of the provider of that name, or undefined. */
export async function findProviderNamed(tx: ReadTransaction, name: string): Promise<ProviderId | undefined> {
  return (await tx.first(byName, { name }))?.id;
}

export async function hasChildren(tx: ReadTransaction, id: ProviderId): Promise<boolean> {
  return (await tx.first(byParent, { parent: id })) !== undefined;
}

/** Every provider of a tree with its parent. */
export async function readTree(
  tx: ReadTransaction,
  root: ProviderId,
): Promise<readonly { readonly id: ProviderId; readonly parentId: ProviderId | null }[]> {
  const rows = await tx.rows(byRoot, { root });
  return rows.map((row) => ({ id: row.id, parentId: row.parent_provider_id }));
}

/** Inserts a provider with generation 0; false when its UUID or name is taken. */
export async function insertProvider(
  tx: WriteTransaction,
  provider: { readonly uuid: ProviderUuid; readonly name: string; readonly parent: ResourceProvider | null },
): Promise<boolean> {
  const inserted = await tx.insert(insert, {
    uuid: provider.uuid,
    name: provider.name,
    root: provider.parent?.rootId ?? null,
    parent: provider.parent?.id ?? null,
    now: tx.now,
  });
  if (!inserted) return false;
  const row = await tx.first(idByUuid, { uuid: provider.uuid });
  if (row === undefined) throw new StaleRead('a resource provider');
  if (provider.parent === null) await tx.change(setOwnRoot, { id: row.id, now: tx.now });
  tx.providerChanged(row.id);
  return true;
}

/** Sets name and parent. The caller has made sure that the name is free and the tree stays a tree. */
export async function updateProviderRow(
  tx: WriteTransaction,
  id: ProviderId,
  values: { readonly name: string; readonly parentId: ProviderId | null },
): Promise<void> {
  await tx.change(setNameAndParent, { id, name: values.name, parent: values.parentId, now: tx.now });
  tx.providerChanged(id);
}

/** Moves providers to another root. */
export async function moveToRoot(tx: WriteTransaction, ids: readonly ProviderId[], root: ProviderId): Promise<void> {
  await tx.change(setRoot, { ids, root, now: tx.now });
  for (const id of ids) tx.providerChanged(id);
}

/**
 * Adds 1 to the generation, provided it still is what was read (P3); the new generation. Throws StaleRead otherwise,
 * upon which the whole transaction is run again.
 */
export async function bumpGeneration(
  tx: WriteTransaction,
  provider: { readonly id: ProviderId; readonly generation: number },
): Promise<number> {
  const { id, generation } = provider;
  const matched = await tx.change(setNextGeneration, { id, generation, by: 1, now: tx.now });
  if (matched !== 1) throw new StaleRead('a resource provider');
  tx.providerChanged(provider.id);
  return provider.generation + 1;
}

/** A provider whose generation is to be advanced, by 1 for each write that is made together with others. */
export interface Advance {
  readonly id: ProviderId;
  readonly uuid: ProviderUuid;
  /** As it was read. */
  readonly generation: number;
  readonly by: number;
}

/**
 * {@link bumpGeneration} for several different providers, one change for all that advance by the same.
 *
 * @param whenStale told of those whose generation is not what was read any more; one that others have advanced by as much
 * cannot be told from the rest
 */
export function generationAdvances(
  tx: WriteTransaction,
  advances: readonly Advance[],
  whenStale: (uuids: readonly ProviderUuid[]) => void,
): readonly GuardedChange[] {
  return [...Map.groupBy(advances, (advance) => advance.by)].map(([by, alike]) =>
    guardedRows(
      'changeRows',
      setNextGeneration,
      alike.map(({ id, generation }) => ({ id, generation, by, now: tx.now })),
      {
        subject: 'a resource provider',
        providers: alike.map(({ id }) => id),
        whenStale: async () => {
          const uuids = alike.map(({ uuid }) => uuid);
          const now = await findProviders(tx, uuids);
          const isAdvanced = ({ uuid, generation }: Advance) => now.get(uuid)?.generation === generation + by;
          whenStale(alike.filter((advance) => !isAdvanced(advance)).map(({ uuid }) => uuid));
        },
      },
    ),
  );
}

/**
 * Deletes the row alone, provided its generation still is what was read: nobody has allocated from it since. What
 * belongs to the provider has been deleted before.
 */
export async function deleteProviderRow(
  tx: WriteTransaction,
  provider: { readonly id: ProviderId; readonly generation: number },
): Promise<void> {
  // InnoDB refuses to delete a row that refers to itself, as a root does.
  const unrooted = await tx.change(unroot, { id: provider.id, generation: provider.generation });
  const removed = await tx.change(remove, { id: provider.id, generation: provider.generation });
  if (unrooted !== 1 || removed !== 1) throw new StaleRead('a resource provider');
  tx.providerChanged(provider.id);
}

function toProvider(row: RowOf<typeof byUuid>): ResourceProvider {
  return {
    id: row.id,
    uuid: row.uuid,
    name: row.name,
    generation: row.generation,
    parentId: row.parent_id,
    parentUuid: row.parent_uuid,
    rootId: row.root_id,
    rootUuid: row.root_uuid,
    modifiedAt: modifiedAt(row),
  };
}
