// Rows of placement_aggregates and resource_provider_aggregates. An aggregate exists by being mentioned.

import type { AggregateId, AggregateUuid, ProviderId } from '../../domain/ids.ts';
import { statement } from '../statement.ts';
import type { Timestamp } from '../tables.ts';
import type { WriteTransaction } from '../transaction.ts';

const ofProvider = statement<{ provider: ProviderId }>()(({ db, slot }) =>
  db
    .selectFrom('resource_provider_aggregates as membership')
    .innerJoin('placement_aggregates as aggregate', 'aggregate.id', 'membership.aggregate_id')
    .select(['aggregate.id', 'aggregate.uuid'])
    .where('membership.resource_provider_id', '=', slot.provider)
    .orderBy('aggregate.id'),
);
const byUuids = statement<{ uuids: readonly AggregateUuid[] }>()(({ db, within }) =>
  db.selectFrom('placement_aggregates').select(['id', 'uuid']).where(within('placement_aggregates.uuid', 'uuids')),
);
const insert = statement<{ uuid: AggregateUuid; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('placement_aggregates').values({ uuid: slot.uuid, created_at: slot.now })),
);
const join = statement<{ provider: ProviderId; aggregate: AggregateId; now: Timestamp }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(
    db
      .insertInto('resource_provider_aggregates')
      .values({ resource_provider_id: slot.provider, aggregate_id: slot.aggregate, created_at: slot.now }),
  ),
);
const leave = statement<{ provider: ProviderId; aggregates: readonly AggregateId[] }>()(({ db, slot, within }) =>
  db
    .deleteFrom('resource_provider_aggregates')
    .where('resource_provider_id', '=', slot.provider)
    .where(within('resource_provider_aggregates.aggregate_id', 'aggregates')),
);

/** Makes the provider a member of exactly these aggregates; missing ones are made. */
export async function replaceMemberships(
  tx: WriteTransaction,
  provider: ProviderId,
  wanted: readonly AggregateUuid[],
): Promise<void> {
  const current = await tx.rows(ofProvider, { provider });
  const wantedUuids = new Set(wanted);
  const left = current.filter((row) => !wantedUuids.has(row.uuid)).map((row) => row.id);
  if (left.length > 0) await tx.change(leave, { provider, aggregates: left });

  const currentUuids = new Set(current.map((row) => row.uuid));
  const joined = wanted.filter((uuid) => !currentUuids.has(uuid));
  for (const uuid of joined) await tx.insert(insert, { uuid, now: tx.now });
  if (joined.length > 0) {
    for (const row of await tx.rows(byUuids, { uuids: joined })) {
      await tx.insert(join, { provider, aggregate: row.id, now: tx.now });
    }
  }
  tx.providerChanged(provider);
}
