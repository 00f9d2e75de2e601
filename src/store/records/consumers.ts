// Rows of consumers, projects, users and consumer_types. A consumer is read whole: project, user and type in one query.

import { sql } from 'kysely';
import type { Consumer } from '../../domain/consumer.ts';
import type { ConsumerId, ConsumerTypeId, ConsumerUuid, ProjectId, UserId } from '../../domain/ids.ts';
import { StaleRead } from '../database-errors.ts';
import { type GuardedChange, guardedChange, guardedRows } from '../guarded-change.ts';
import { type RowOf, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

/** A consumer is made with 0, and its first write adds 1 like every other. */
const GENERATION_AFTER_FIRST_WRITE = 0 + 1;

/** Of a consumer joined to its project, user and type. */
export const CONSUMER_COLUMNS = [
  'consumers.id',
  'consumers.uuid',
  'consumers.generation',
  'projects.external_id as project',
  'users.external_id as user',
  'consumer_types.name as consumer_type',
] as const;

const byUuids = statement<{ uuids: readonly ConsumerUuid[] }>()(({ db, within }) =>
  db
    .selectFrom('consumers')
    .innerJoin('projects', 'projects.id', 'consumers.project_id')
    .innerJoin('users', 'users.id', 'consumers.user_id')
    .leftJoin('consumer_types', 'consumer_types.id', 'consumers.consumer_type_id')
    .select(CONSUMER_COLUMNS)
    .where(within('consumers.uuid', 'uuids')),
);
const lock = statement<{ uuids: readonly ConsumerUuid[] }>()(({ db, within, forUpdate }) =>
  forUpdate(db.selectFrom('consumers').select('id').where(within('consumers.uuid', 'uuids')).orderBy('id')),
);
const insert = statement<{
  uuid: ConsumerUuid;
  project: ProjectId;
  user: UserId;
  type: ConsumerTypeId | null;
  now: Timestamp;
}>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('consumers').values({
      uuid: slot.uuid,
      project_id: slot.project,
      user_id: slot.user,
      generation: 0,
      consumer_type_id: slot.type,
      created_at: slot.now,
    }),
  ),
);
const idByUuid = statement<{ uuid: ConsumerUuid }>()(({ db, slot }) =>
  db.selectFrom('consumers').select(['id', 'generation']).where('uuid', '=', slot.uuid),
);
const advance = statement<{
  id: ConsumerId;
  generation: number;
  project: ProjectId;
  user: UserId;
  now: Timestamp;
}>()(({ db, slot }) =>
  db
    .updateTable('consumers')
    .set(({ eb }) => ({
      generation: eb('generation', '+', 1),
      project_id: slot.project,
      user_id: slot.user,
      updated_at: slot.now,
    }))
    .where('id', '=', slot.id)
    .where('generation', '=', slot.generation),
);
/** With its first write: with the generation after it. */
const insertWritten = statement<{
  uuid: ConsumerUuid;
  project: ProjectId;
  user: UserId;
  type: ConsumerTypeId | null;
  now: Timestamp;
}>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db.insertInto('consumers').values({
      uuid: slot.uuid,
      project_id: slot.project,
      user_id: slot.user,
      generation: sql.lit(GENERATION_AFTER_FIRST_WRITE),
      consumer_type_id: slot.type,
      created_at: slot.now,
      updated_at: slot.now,
    }),
  ),
);
const factIds = statement<{ project: string; user: string; type: string }>()(({ db, slot }) =>
  db
    .selectFrom('projects')
    .innerJoin('users', (join) => join.on('users.external_id', '=', slot.user))
    .leftJoin('consumer_types', (join) => join.on('consumer_types.name', '=', slot.type))
    .select(['projects.id as project', 'users.id as user', 'consumer_types.id as type'])
    .where('projects.external_id', '=', slot.project),
);
const advanceAlone = statement<{ id: ConsumerId; generation: number; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('consumers')
    .set(({ eb }) => ({ generation: eb('generation', '+', 1), updated_at: slot.now }))
    .where('id', '=', slot.id)
    .where('generation', '=', slot.generation),
);
const setType = statement<{ id: ConsumerId; type: ConsumerTypeId }>()(({ db, slot }) =>
  db.updateTable('consumers').set({ consumer_type_id: slot.type }).where('id', '=', slot.id),
);
const remove = statement<{ id: ConsumerId; generation: number }>()(({ db, slot }) =>
  db.deleteFrom('consumers').where('id', '=', slot.id).where('generation', '=', slot.generation),
);

const projectId = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('projects').select('id').where('external_id', '=', slot.name),
);
const insertProject = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('projects').values({ external_id: slot.name, created_at: slot.now })),
);
const userId = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('users').select('id').where('external_id', '=', slot.name),
);
const insertUser = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('users').values({ external_id: slot.name, created_at: slot.now })),
);
const typeId = statement<{ name: string }>()(({ db, slot }) =>
  db.selectFrom('consumer_types').select('id').where('name', '=', slot.name),
);
const insertType = statement<{ name: string; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('consumer_types').values({ name: slot.name, created_at: slot.now })),
);

/** Who owns a consumer and what it is, in the client's words. */
export interface ConsumerFacts {
  readonly project: string;
  readonly user: string;
  /** Undefined: leave the type as it is; a new consumer then has none. */
  readonly consumerType: string | undefined;
}

/** Locks the rows of these consumers, in id order, until the transaction ends; see lockProviders. */
export async function lockConsumers(tx: WriteTransaction, uuids: readonly ConsumerUuid[]): Promise<void> {
  if (!tx.isSerial && uuids.length > 0) await tx.rows(lock, { uuids });
}

/** Those of the consumers that exist, whole. UUIDs are compared as exact text. */
export async function findConsumers(
  tx: ReadTransaction,
  uuids: readonly ConsumerUuid[],
): Promise<ReadonlyMap<ConsumerUuid, Consumer>> {
  if (uuids.length === 0) return new Map();
  return new Map((await tx.rows(byUuids, { uuids })).map((row) => [row.uuid, toConsumer(row)]));
}

/** Makes a consumer with generation 0, its project, user and type with it. */
export async function insertConsumer(
  tx: WriteTransaction,
  uuid: ConsumerUuid,
  facts: ConsumerFacts,
): Promise<{ readonly id: ConsumerId; readonly generation: number }> {
  const inserted = await tx.insert(insert, {
    uuid,
    project: await ensureProject(tx, facts.project),
    user: await ensureUser(tx, facts.user),
    type: facts.consumerType === undefined ? null : await ensureConsumerType(tx, facts.consumerType),
    now: tx.now,
  });
  const row = await tx.first(idByUuid, { uuid });
  if (!inserted || row === undefined) throw new StaleRead('a consumer');
  return row;
}

/**
 * Adds 1 to the consumer's generation, provided it still is what was read (P3), and records owner and type with it.
 * Throws StaleRead otherwise, upon which the whole transaction is run again.
 */
export async function advanceConsumer(
  tx: WriteTransaction,
  consumer: { readonly id: ConsumerId; readonly generation: number },
  facts: ConsumerFacts,
): Promise<void> {
  const matched = await tx.change(advance, {
    id: consumer.id,
    generation: consumer.generation,
    project: await ensureProject(tx, facts.project),
    user: await ensureUser(tx, facts.user),
    now: tx.now,
  });
  if (matched !== 1) throw new StaleRead('a consumer');
  if (facts.consumerType !== undefined) {
    await tx.change(setType, { id: consumer.id, type: await ensureConsumerType(tx, facts.consumerType) });
  }
}

/** The row ids of a consumer's project, user and type. */
export interface FactIds {
  readonly project: ProjectId;
  readonly user: UserId;
  /** Null for a consumer without a type. */
  readonly type: ConsumerTypeId | null;
}

/** The ids, in one statement; undefined when one of the names is new. */
export async function findFactIds(
  tx: ReadTransaction,
  { project, user, consumerType }: ConsumerFacts,
): Promise<FactIds | undefined> {
  const found = await tx.first(factIds, { project, user, type: consumerType ?? '' });
  return consumerType === undefined || found?.type !== null ? found : undefined;
}

/** The same; names that are new are made. */
export async function ensureFactIds(tx: WriteTransaction, facts: ConsumerFacts): Promise<FactIds> {
  const { project, user, consumerType } = facts;
  return (
    (await findFactIds(tx, facts)) ?? {
      project: await ensureProject(tx, project),
      user: await ensureUser(tx, user),
      type: consumerType === undefined ? null : await ensureConsumerType(tx, consumerType),
    }
  );
}

/**
 * Makes consumers of the same owner and type and records their first writes. Does not match when one of them exists. That
 * none of them holds anything the caller makes sure of.
 */
export function writtenConsumerInserts(
  tx: WriteTransaction,
  uuids: readonly ConsumerUuid[],
  ids: FactIds,
): GuardedChange {
  const rows = uuids.map((uuid) => ({ uuid, ...ids, now: tx.now }));
  return guardedRows('insertRows', insertWritten, rows, { subject: 'a consumer' });
}

/** {@link advanceConsumer} for a write that leaves owner and type as they are. */
export function consumerAdvance(
  tx: WriteTransaction,
  consumer: { readonly id: ConsumerId; readonly generation: number },
): GuardedChange {
  const { id, generation } = consumer;
  return guardedChange(advanceAlone, { id, generation, now: tx.now }, { rows: 1, subject: 'a consumer' });
}

/** Removes a consumer that holds nothing, provided nobody has written to it since it was read. */
export function consumerDeletion(consumer: { readonly id: ConsumerId; readonly generation: number }): GuardedChange {
  const { id, generation } = consumer;
  return guardedChange(remove, { id, generation }, { rows: 1, subject: 'a consumer' });
}

/** The row id of the project with this name, which is made if need be. */
export async function ensureProject(tx: WriteTransaction, name: string): Promise<ProjectId> {
  const known = await tx.first(projectId, { name });
  if (known !== undefined) return known.id;
  await tx.insert(insertProject, { name, now: tx.now });
  return present(await tx.first(projectId, { name }), 'a project');
}

/** The same for a user. */
export async function ensureUser(tx: WriteTransaction, name: string): Promise<UserId> {
  const known = await tx.first(userId, { name });
  if (known !== undefined) return known.id;
  await tx.insert(insertUser, { name, now: tx.now });
  return present(await tx.first(userId, { name }), 'a user');
}

async function ensureConsumerType(tx: WriteTransaction, name: string): Promise<ConsumerTypeId> {
  const known = await tx.first(typeId, { name });
  if (known !== undefined) return known.id;
  await tx.insert(insertType, { name, now: tx.now });
  return present(await tx.first(typeId, { name }), 'a consumer type');
}

function present<Id>(row: { readonly id: Id } | undefined, subject: string): Id {
  if (row === undefined) throw new StaleRead(subject);
  return row.id;
}

/** A row with a consumer's own columns as the value that it is. */
export function toConsumer(row: RowOf<typeof byUuids>): Consumer {
  return {
    id: row.id,
    uuid: row.uuid,
    project: row.project,
    user: row.user,
    generation: row.generation,
    consumerType: row.consumer_type,
  };
}
