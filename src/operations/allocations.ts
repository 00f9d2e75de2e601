// Allocations of a consumer: show and delete them (http-api §9.7, §9.8). Those of a provider: provider-allocations.ts.

import type { Consumer } from '../domain/consumer.ts';
import { allocationsNotFound } from '../domain/errors/records.ts';
import type { ConsumerUuid, ProviderUuid } from '../domain/ids.ts';
import { newestOf } from '../domain/newest.ts';
import {
  type AllocationRecord,
  allocationDeletion,
  type ClassUsage,
  readAllocationsOf,
  sumByClass,
} from '../store/records/allocations.ts';
import { type ConsumerFacts, consumerDeletion, insertConsumer, lockConsumers } from '../store/records/consumers.ts';
import { readHoldings } from '../store/records/holdings.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';
import { UsageChanges } from './usage-changes.ts';

export interface ConsumerAllocations {
  readonly consumer: Consumer;
  /** When the newest of them was made. */
  readonly newest: Date | null;
  readonly providers: readonly {
    readonly uuid: ProviderUuid;
    readonly generation: number;
    readonly resources: readonly ClassUsage[];
  }[];
}

/** What the consumer holds, or null when it holds nothing or does not exist. The text is compared exactly. */
export function getConsumerAllocations(service: Service, uuid: ConsumerUuid): Promise<ConsumerAllocations | null> {
  return service.store.readOnce(async (tx) => {
    const holding = (await readHoldings(tx, [uuid])).get(uuid);
    if (holding === undefined || holding.held.length === 0) return null;
    const { consumer, held: records } = holding;
    const byProvider = [...Map.groupBy(records, (record) => record.providerUuid)];
    return {
      consumer,
      newest: newestOf(records.map(({ createdAt }) => createdAt)),
      providers: byProvider.map(([providerUuid, held]) => ({
        uuid: providerUuid,
        generation: held[0]?.providerGeneration ?? 0,
        resources: sumByClass(held),
      })),
    };
  });
}

/**
 * Takes away all that a consumer holds, and the consumer with it; no provider's generation changes.
 * Error: 404 when it holds nothing. The text is compared exactly.
 */
export function deleteAllocations(service: Service, uuid: ConsumerUuid): Promise<void> {
  return service.store.write(async (tx) => {
    const { consumer, held } = await holdingOf(tx, uuid);
    if (held.length === 0) throw allocationsNotFound({ consumer: uuid });
    tx.refusesNoMore();
    // Without a record, they are taken away under one made for it: a writer who makes the consumer meanwhile then shows.
    const cleared = consumer ?? (await insertConsumer(tx, uuid, incompleteOwner(service)));
    tx.finish([...allocationDeletion(held), consumerDeletion(cleared)]);
    const usage = new UsageChanges(tx);
    usage.takeBack(held);
    tx.onlyUsageChanged(usage.list());
  });
}

/** The consumer and what it holds, whether or not it has a record. A write in between shows in the consumer's generation. */
async function holdingOf(
  tx: WriteTransaction,
  uuid: ConsumerUuid,
): Promise<{ readonly consumer: Consumer | undefined; readonly held: readonly AllocationRecord[] }> {
  // What was wrong once, another writer is changing: he is waited for.
  if (tx.attempt > 0) await lockConsumers(tx, [uuid]);
  const holding = (await readHoldings(tx, [uuid])).get(uuid);
  return holding ?? { consumer: undefined, held: await readAllocationsOf(tx, [uuid]) };
}

/** Who owns what nobody has said the owner of (operations §1.8.3). */
function incompleteOwner({ settings }: Service): ConsumerFacts {
  return {
    project: settings.incompleteConsumerProjectId,
    user: settings.incompleteConsumerUserId,
    consumerType: undefined,
  };
}
