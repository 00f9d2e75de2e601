// PUT /allocations/{consumer_uuid} and POST /allocations: one transaction for all consumers named (http-api §9).

import type { ConsumerWrite } from '../domain/consumer.ts';
import { allocationClassUnknown } from '../domain/errors/records.ts';
import { Together } from '../store/shared-work.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import { claimFromMemory } from './claim-from-memory.ts';
import { claimTogether } from './claim-together.ts';
import { factsOf, prepareWrites, replaceAllocations, requireClasses } from './replace-allocations.ts';
import type { Service } from './service.ts';

/**
 * Replaces the allocations of every consumer named, all or none.
 *
 * @param form how the client asked: an unknown class is reported naming the consumer only when there is just one
 *
 * Errors in order: 409 consumer generation, 400 unknown provider, 400 unknown class, 409 claims that do not fit.
 */
export async function setAllocations(
  service: Service,
  writes: readonly ConsumerWrite[],
  form: 'one-consumer' | 'several-consumers',
): Promise<void> {
  await lookUpOwner(service, writes);
  const work = async (tx: WriteTransaction): Promise<void> => {
    if (await claimFromMemory(tx, service, writes)) return;
    const prepared = await prepareWrites(tx, writes);
    const consumer = form === 'one-consumer' ? (writes[0]?.consumerUuid ?? null) : null;
    const classes = await requireClasses(tx, writes, (resourceClass) =>
      allocationClassUnknown({ consumer, resourceClass }),
    );
    tx.onlyUsageChanged(await replaceAllocations(tx, service, prepared, classes));
  };
  const subjects = writes.flatMap(({ allocations }) => allocations.map(({ providerUuid }) => providerUuid));
  const [only, ...others] = writes;
  return only === undefined || others.length > 0
    ? service.store.write(work, ...subjects)
    : service.store.writeTogether(togetherIn(service), only, work, ...subjects);
}

/**
 * Looks up who will own the first consumer that is to be made, unless it was done lately: the transaction is shorter for it,
 * and so for all others of the same owner.
 */
async function lookUpOwner(service: Service, writes: readonly ConsumerWrite[]): Promise<void> {
  const first = writes.find(({ allocations, generation }) => allocations.length > 0 && typeof generation !== 'number');
  if (first === undefined) return;
  const { owners } = service.store;
  const facts = factsOf(first, service);
  if (owners.known(facts) === undefined) await owners.lookUp(facts);
}

const together = new WeakMap<Service, Together<ConsumerWrite>>();

/** Claims of one service are made together when they wait for the same transaction. */
function togetherIn(service: Service): Together<ConsumerWrite> {
  let known = together.get(service);
  if (known === undefined) {
    known = new Together((tx, writes) => claimTogether(tx, service, writes));
    together.set(service, known);
  }
  return known;
}
