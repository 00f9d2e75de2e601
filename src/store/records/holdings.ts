// Consumers together with what they hold, in one statement: what a write of allocations begins with.

import type { Consumer } from '../../domain/consumer.ts';
import type { ConsumerUuid } from '../../domain/ids.ts';
import { type RowOf, statement } from '../statement.ts';
import { fromTimestamp } from '../timestamps.ts';
import type { ReadTransaction } from '../transaction.ts';
import { ALLOCATION_COLUMNS, type AllocationRecord } from './allocations.ts';
import { CONSUMER_COLUMNS, toConsumer } from './consumers.ts';

/** A consumer and all that it holds, oldest row first. */
export interface Holding {
  readonly consumer: Consumer;
  readonly held: readonly AllocationRecord[];
}

const ofConsumers = statement<{ uuids: readonly ConsumerUuid[] }>()(({ db, within }) =>
  db
    .selectFrom('consumers')
    .innerJoin('projects', 'projects.id', 'consumers.project_id')
    .innerJoin('users', 'users.id', 'consumers.user_id')
    .leftJoin('consumer_types', 'consumer_types.id', 'consumers.consumer_type_id')
    .leftJoin('allocations', 'allocations.consumer_id', 'consumers.uuid')
    .leftJoin('resource_providers', 'resource_providers.id', 'allocations.resource_provider_id')
    .leftJoin('resource_classes', 'resource_classes.id', 'allocations.resource_class_id')
    .select([...CONSUMER_COLUMNS, ...ALLOCATION_COLUMNS])
    .where(within('consumers.uuid', 'uuids'))
    .orderBy('allocations.id'),
);

/**
 * Those of the consumers that have a record, by UUID; compared as exact text. Allocations of others are not looked for.
 */
export async function readHoldings(
  tx: ReadTransaction,
  uuids: readonly ConsumerUuid[],
): Promise<ReadonlyMap<ConsumerUuid, Holding>> {
  const rows = await tx.rows(ofConsumers, { uuids });
  const holdings = new Map<ConsumerUuid, { readonly consumer: Consumer; readonly held: AllocationRecord[] }>();
  for (const row of rows) {
    const known = holdings.get(row.uuid) ?? { consumer: toConsumer(row), held: [] };
    const record = toRecord(row);
    if (record !== null) known.held.push(record);
    holdings.set(row.uuid, known);
  }
  return holdings;
}

type Row = RowOf<typeof ofConsumers>;

/** Null for a consumer that holds nothing, and for a row whose provider or class is gone: neither is shown anywhere. */
function toRecord(row: Row): AllocationRecord | null {
  const {
    resource_provider_id: providerId,
    provider_uuid: providerUuid,
    provider_generation: providerGeneration,
  } = row;
  const { resource_class_id: resourceClassId, resource_class: resourceClass, used } = row;
  if (providerId === null || providerUuid === null || providerGeneration === null) return null;
  if (resourceClassId === null || resourceClass === null || used === null) return null;
  return {
    consumerUuid: row.uuid,
    providerId,
    providerUuid,
    providerGeneration,
    resourceClassId,
    resourceClass,
    used,
    createdAt: fromTimestamp(row.created_at),
  };
}
