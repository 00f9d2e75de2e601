// PUT /allocations/{consumer_uuid} and POST /allocations: one transaction for all consumers named (http-api §9).

import type { ConsumerWrite } from '../domain/consumer.ts';
import { allocationClassUnknown } from '../domain/errors/records.ts';
import { claimFromMemory } from './claim-from-memory.ts';
import { prepareWrites, replaceAllocations, requireClasses } from './replace-allocations.ts';
import type { Service } from './service.ts';

/**
 * Replaces the allocations of every consumer named, all or none.
 *
 * @param form how the client asked: an unknown class is reported naming the consumer only when there is just one
 *
 * Errors in order: 409 consumer generation, 400 unknown provider, 400 unknown class, 409 claims that do not fit.
 */
export function setAllocations(
  service: Service,
  writes: readonly ConsumerWrite[],
  form: 'one-consumer' | 'several-consumers',
): Promise<void> {
  return service.store.write(
    async (tx) => {
      if (await claimFromMemory(tx, service, writes)) return;
      const prepared = await prepareWrites(tx, writes);
      const consumer = form === 'one-consumer' ? (writes[0]?.consumerUuid ?? null) : null;
      const classes = await requireClasses(tx, writes, (resourceClass) =>
        allocationClassUnknown({ consumer, resourceClass }),
      );
      tx.onlyUsageChanged(await replaceAllocations(tx, service, prepared, classes));
    },
    ...writes.flatMap(({ allocations }) => allocations.map(({ providerUuid }) => providerUuid)),
  );
}
