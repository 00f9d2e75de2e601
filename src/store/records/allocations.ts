// Rows of allocations: who holds how much of what, by consumer, by provider and by project.

import { sql } from 'kysely';
import type { ConsumerUuid, ProviderId, ProviderUuid, ResourceClassId } from '../../domain/ids.ts';
import { type GuardedChange, guardedChange, guardedRows } from '../guarded-change.ts';
import { type RowOf, type StatementBuilder, statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import { fromTimestamp } from '../timestamps.ts';
import type { ReadTransaction, WriteTransaction } from '../transaction.ts';

/** One row: so much of one class on one provider for one consumer. */
export interface AllocationRecord {
  readonly consumerUuid: ConsumerUuid;
  readonly providerId: ProviderId;
  readonly providerUuid: ProviderUuid;
  readonly providerGeneration: number;
  readonly resourceClassId: ResourceClassId;
  readonly resourceClass: string;
  readonly used: number;
  readonly createdAt: Date | null;
}

/** Of an allocation joined to its provider and class. */
export const ALLOCATION_COLUMNS = [
  'allocations.resource_provider_id',
  'resource_providers.uuid as provider_uuid',
  'resource_providers.generation as provider_generation',
  'allocations.resource_class_id',
  'resource_classes.name as resource_class',
  'allocations.used',
  'allocations.created_at',
] as const;

const ofConsumers = statement<{ consumers: readonly ConsumerUuid[] }>()(({ db, within }) =>
  db
    .selectFrom('allocations')
    .innerJoin('resource_providers', 'resource_providers.id', 'allocations.resource_provider_id')
    .innerJoin('resource_classes', 'resource_classes.id', 'allocations.resource_class_id')
    .select(['allocations.consumer_id', ...ALLOCATION_COLUMNS])
    .where(within('allocations.consumer_id', 'consumers'))
    .orderBy('allocations.id'),
);
// A provider without a root row is invisible (operations §4.2): hence the inner join. One that nobody holds anything of has
// one row, without an allocation.
const ofProvider = statement<{ provider: ProviderUuid }>()(({ db, slot }) =>
  db
    .selectFrom('resource_providers')
    .innerJoin('resource_providers as root', 'root.id', 'resource_providers.root_provider_id')
    .leftJoin('allocations', 'allocations.resource_provider_id', 'resource_providers.id')
    .leftJoin('consumers', 'consumers.uuid', 'allocations.consumer_id')
    .leftJoin('projects', 'projects.id', 'consumers.project_id')
    .leftJoin('users', 'users.id', 'consumers.user_id')
    .leftJoin('resource_classes', 'resource_classes.id', 'allocations.resource_class_id')
    .select([
      'resource_providers.generation',
      'allocations.consumer_id',
      'consumers.generation as consumer_generation',
      'projects.id as project_id',
      'users.id as user_id',
      'resource_classes.name as resource_class',
      'allocations.used',
      'allocations.created_at',
    ])
    .where('resource_providers.uuid', '=', slot.provider)
    .orderBy('allocations.id'),
);
const anyOfProvider = statement<{ provider: ProviderId }>()(({ db, slot }) =>
  db.selectFrom('allocations').select('id').where('resource_provider_id', '=', slot.provider).limit(sql.lit(1)),
);
const holders = statement<{ consumers: readonly ConsumerUuid[] }>()(({ db, within }) =>
  db.selectFrom('allocations').select('consumer_id').distinct().where(within('allocations.consumer_id', 'consumers')),
);
const insert = statement<{
  provider: ProviderId;
  consumer: ConsumerUuid;
  resourceClass: ResourceClassId;
  used: number;
  now: Timestamp;
}>()(({ db, slot }) =>
  db.insertInto('allocations').values({
    resource_provider_id: slot.provider,
    consumer_id: slot.consumer,
    resource_class_id: slot.resourceClass,
    used: slot.used,
    created_at: slot.now,
  }),
);
const removeOfConsumers = statement<{ consumers: readonly ConsumerUuid[] }>()(({ db, within }) =>
  db.deleteFrom('allocations').where(within('allocations.consumer_id', 'consumers')),
);

/** `anyUser` is 1 where the user does not matter. */
type OwnerParameters = { project: string; user: string; anyUser: number };

/** Allocations of the consumers of a project and, unless it does not matter, of a user. */
const owned = ({ db, slot }: StatementBuilder<OwnerParameters>) =>
  db
    .selectFrom('allocations')
    .innerJoin('consumers', 'consumers.uuid', 'allocations.consumer_id')
    .innerJoin('projects', 'projects.id', 'consumers.project_id')
    .innerJoin('users', 'users.id', 'consumers.user_id')
    .where('projects.external_id', '=', slot.project)
    .where((eb) => eb.or([eb(slot.anyUser, '=', sql.lit(1)), eb('users.external_id', '=', slot.user)]));

const ownedByClass = statement<OwnerParameters>()((builder) =>
  owned(builder)
    .innerJoin('resource_classes', 'resource_classes.id', 'allocations.resource_class_id')
    .select('resource_classes.name as resource_class')
    .select(({ fn }) => fn.sum<number>('allocations.used').as('used'))
    .groupBy('resource_classes.name'),
);
const ownedByTypeAndClass = statement<OwnerParameters>()((builder) =>
  owned(builder)
    .innerJoin('resource_classes', 'resource_classes.id', 'allocations.resource_class_id')
    .leftJoin('consumer_types', 'consumer_types.id', 'consumers.consumer_type_id')
    .select(['consumer_types.name as consumer_type', 'resource_classes.name as resource_class'])
    .select(({ fn }) => fn.sum<number>('allocations.used').as('used'))
    .groupBy(['consumer_types.name', 'resource_classes.name']),
);
const ownersByType = statement<OwnerParameters>()((builder) =>
  owned(builder)
    .leftJoin('consumer_types', 'consumer_types.id', 'consumers.consumer_type_id')
    .select('consumer_types.name as consumer_type')
    .select(({ fn }) => fn.count<number>('consumers.id').distinct().as('consumers'))
    .groupBy('consumer_types.name'),
);

/** All that these consumers hold, oldest row first. */
export async function readAllocationsOf(
  tx: ReadTransaction,
  consumers: readonly ConsumerUuid[],
): Promise<readonly AllocationRecord[]> {
  return (await tx.rows(ofConsumers, { consumers })).map(toRecord);
}

/** What is held of a provider by one of its consumers, of one class. */
export interface HeldOfProvider {
  readonly consumerUuid: ConsumerUuid;
  readonly consumerGeneration: number;
  readonly resourceClass: string;
  readonly used: number;
  readonly createdAt: Date | null;
}

/**
 * The generation of a provider and what is held of it by complete consumers, oldest row first, in one statement;
 * undefined when there is no such provider. `isWhole`: nobody else holds anything of it. UUIDs are compared as exact text.
 */
export async function readAllocationsOn(
  tx: ReadTransaction,
  provider: ProviderUuid,
): Promise<
  { readonly generation: number; readonly held: readonly HeldOfProvider[]; readonly isWhole: boolean } | undefined
> {
  const rows = await tx.rows(ofProvider, { provider });
  const generation = rows[0]?.generation;
  if (generation === undefined) return undefined;
  const held = rows.flatMap(toHeldOfProvider);
  return { generation, held, isWhole: held.length === rows.filter((row) => row.consumer_id !== null).length };
}

/** Nothing for a row that counts as usage but is not shown, since its consumer is incomplete (operations §4.2). */
function toHeldOfProvider(row: RowOf<typeof ofProvider>): readonly HeldOfProvider[] {
  const { consumer_id: consumerUuid, consumer_generation: consumerGeneration, resource_class: resourceClass } = row;
  const isComplete = row.project_id !== null && row.user_id !== null;
  if (consumerUuid === null || consumerGeneration === null || resourceClass === null || !isComplete) return [];
  return [
    { consumerUuid, consumerGeneration, resourceClass, used: row.used ?? 0, createdAt: fromTimestamp(row.created_at) },
  ];
}

/** Whether anyone, complete or not, holds anything on the provider. */
export async function hasAllocations(tx: ReadTransaction, provider: ProviderId): Promise<boolean> {
  return (await tx.first(anyOfProvider, { provider })) !== undefined;
}

/** Those of these consumers that hold something, with a record or without. */
export async function whoHoldsAnything(
  tx: ReadTransaction,
  consumers: readonly ConsumerUuid[],
): Promise<ReadonlySet<ConsumerUuid>> {
  return new Set((await tx.rows(holders, { consumers })).map((row) => row.consumer_id));
}

/** A row to be. */
export interface NewAllocation {
  readonly consumer: ConsumerUuid;
  readonly provider: ProviderId;
  readonly resourceClass: ResourceClassId;
  readonly used: number;
}

/** Inserts the rows, of which there is at least one. */
export function allocationInserts(tx: WriteTransaction, allocations: readonly NewAllocation[]): GuardedChange {
  return guardedRows(
    'insertRows',
    insert,
    allocations.map((allocation) => ({ ...allocation, now: tx.now })),
    { subject: 'allocations', providers: allocations.map(({ provider }) => provider) },
  );
}

/** Makes sure, by what must match nothing, that the consumers hold nothing, with a record or without. */
export function holdingNothing(consumers: readonly ConsumerUuid[]): GuardedChange {
  return guardedChange(removeOfConsumers, { consumers }, { rows: 0, subject: 'allocations without a consumer' });
}

/** Takes away the given records, which must be all that their consumers hold; nothing when there are none. */
export function allocationDeletion(held: readonly AllocationRecord[]): readonly GuardedChange[] {
  if (held.length === 0) return [];
  const consumers = [...new Set(held.map((record) => record.consumerUuid))];
  const providers = held.map((record) => record.providerId);
  return [guardedChange(removeOfConsumers, { consumers }, { rows: null, subject: 'allocations', providers })];
}

export interface ClassUsage {
  readonly resourceClass: string;
  readonly used: number;
}

/** One entry per class. The schema does not forbid two rows for one class (operations §4.1): they are added up. */
export function sumByClass(records: readonly ClassUsage[]): readonly ClassUsage[] {
  const sums = new Map<string, number>();
  for (const { resourceClass, used } of records) sums.set(resourceClass, (sums.get(resourceClass) ?? 0) + used);
  return [...sums].map(([resourceClass, used]) => ({ resourceClass, used }));
}

/** Sums by class over the consumers of a project and, unless null, of a user. */
export async function sumUsage(
  tx: ReadTransaction,
  owner: { readonly project: string; readonly user: string | null },
): Promise<readonly ClassUsage[]> {
  const rows = await tx.rows(ownedByClass, ownerParameters(owner));
  return rows.map((row) => ({ resourceClass: row.resource_class, used: Number(row.used) }));
}

/** The same by consumer type; null for consumers without a type. Counts each consumer once. */
export async function sumUsageByType(
  tx: ReadTransaction,
  owner: { readonly project: string; readonly user: string | null },
): Promise<
  readonly {
    readonly consumerType: string | null;
    readonly consumers: number;
    readonly usages: readonly ClassUsage[];
  }[]
> {
  const parameters = ownerParameters(owner);
  const sums = Map.groupBy(await tx.rows(ownedByTypeAndClass, parameters), (row) => row.consumer_type);
  return (await tx.rows(ownersByType, parameters)).map((row) => ({
    consumerType: row.consumer_type,
    consumers: Number(row.consumers),
    usages: (sums.get(row.consumer_type) ?? []).map((sum) => ({
      resourceClass: sum.resource_class,
      used: Number(sum.used),
    })),
  }));
}

function ownerParameters(owner: { readonly project: string; readonly user: string | null }): OwnerParameters {
  return { project: owner.project, user: owner.user ?? '', anyUser: owner.user === null ? 1 : 0 };
}

function toRecord(row: RowOf<typeof ofConsumers>): AllocationRecord {
  return {
    consumerUuid: row.consumer_id,
    providerId: row.resource_provider_id,
    providerUuid: row.provider_uuid,
    providerGeneration: row.provider_generation,
    resourceClassId: row.resource_class_id,
    resourceClass: row.resource_class,
    used: row.used,
    createdAt: fromTimestamp(row.created_at),
  };
}
