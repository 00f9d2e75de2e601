// The short way of a claim: providers, inventories and usage are taken from the picture in memory instead of the database.
//
// Why nothing is oversold: whatever adds to the usage of a provider, or changes its inventory, advances its generation.
// So what the picture says of usage at a generation is never too little as long as the provider still has that
// generation, and that is what the compare-and-set proves, in the same transaction as the claim. Where memory leaves any
// doubt, nothing has been written yet and the claim takes the long way (replace-allocations.ts), which also words refusals.

import type { Claim } from '../domain/allocation.ts';
import type { Consumer, ConsumerWrite } from '../domain/consumer.ts';
import type { ProviderId, ResourceClassId } from '../domain/ids.ts';
import { exactCapacity, respectsUnits } from '../domain/inventory.ts';
import type { Model } from '../model/model.ts';
import { StaleRead } from '../store/database-errors.ts';
import { type AllocationRecord, deleteAllocationsOf, insertAllocations } from '../store/records/allocations.ts';
import {
  advanceConsumer,
  advanceConsumerAlone,
  ensureNames,
  insertWrittenConsumer,
} from '../store/records/consumers.ts';
import { readHoldings } from '../store/records/holdings.ts';
import { bumpGeneration } from '../store/records/resource-providers.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import { assertConsumerGeneration, factsOf, newAllocations } from './replace-allocations.ts';
import type { Service } from './service.ts';
import { UsageChanges } from './usage-changes.ts';

interface RememberedClaims {
  readonly write: ConsumerWrite;
  readonly claims: readonly Claim[];
}

/**
 * Replaces the allocations of every consumer named. False, with nothing written: the long way must be taken.
 * Error: 409 consumer generation.
 */
export async function claimFromMemory(
  tx: WriteTransaction,
  service: Service,
  writes: readonly ConsumerWrite[],
): Promise<boolean> {
  // What was wrong once, another writer is changing: on the long way one waits for him.
  const isFirst = tx.attempt === 0 && writes.every(({ allocations }) => allocations.length > 0);
  const picture = isFirst ? knownPicture(tx, service) : null;
  if (picture === null) return false;
  const claims = rememberedClaims(picture, writes);
  if (claims === null) return false;

  const holdings = await readHoldings(
    tx,
    writes.map(({ consumerUuid }) => consumerUuid),
  );
  for (const write of writes) assertConsumerGeneration(write, holdings.get(write.consumerUuid)?.consumer);
  const held = [...holdings.values()].flatMap((holding) => holding.held);
  const all = claims.flatMap((entry) => entry.claims);
  // The picture may have changed while the consumers were read: it is looked at, and decided on, in one stretch.
  const found = knownPicture(tx, service);
  if (found === null) return false;
  const generations = generationsIfFitting(found, tx, all, held);
  if (generations === null) return false;

  tx.refusesNoMore();
  const usage = new UsageChanges(tx);
  usage.give(all);
  usage.takeBack(held);
  for (const [id, generation] of generations) {
    usage.advanced(id, generation, await advance(tx, service, id, generation, all));
  }
  await deleteAllocationsOf(tx, held);
  for (const { write, claims: own } of claims) {
    await writeConsumer(tx, service, write, holdings.get(write.consumerUuid)?.consumer);
    await insertAllocations(tx, newAllocations(write.consumerUuid, own));
  }
  tx.onlyUsageChanged(usage.list());
  return true;
}

/** The picture, when what it says can be proved or is known to be so. */
function knownPicture(tx: WriteTransaction, { store, model }: Service): Picture | null {
  const remembered = model.remembered;
  if (remembered === null || tx.pending.names) return null;
  switch (store.readerKnows) {
    case 'none':
      return null;
    case 'exact':
      return model.isBeingRead ? null : { model: remembered, knowsCustomClasses: true };
    case 'by-generation':
      // A custom class may have been renamed by another process, which no provider's generation tells.
      return { model: remembered, knowsCustomClasses: false };
  }
}

interface Picture {
  readonly model: Model;
  readonly knowsCustomClasses: boolean;
}

/** The claims with their ids; null when the picture does not know a provider or a class. */
function rememberedClaims(
  { model, knowsCustomClasses }: Picture,
  writes: readonly ConsumerWrite[],
): readonly RememberedClaims[] | null {
  const remembered: RememberedClaims[] = [];
  for (const write of writes) {
    const claims: Claim[] = [];
    for (const { providerUuid, resources } of write.allocations) {
      const provider = model.numberOfUuid(providerUuid);
      if (provider === undefined) return null;
      for (const { resourceClass, amount } of resources) {
        const resourceClassId = model.resourceClassId(resourceClass);
        if (resourceClassId === undefined) return null;
        if (!knowsCustomClasses && resourceClass.startsWith('CUSTOM_')) return null;
        claims.push({ providerId: model.id(provider), providerUuid, resourceClassId, resourceClass, amount });
      }
    }
    remembered.push({ write, claims });
  }
  return remembered;
}

/** The generations of the claimed providers, in id order, when all claims fit; null when they may not. */
function generationsIfFitting(
  { model }: Picture,
  { pending }: WriteTransaction,
  claims: readonly Claim[],
  held: readonly AllocationRecord[],
): readonly (readonly [ProviderId, number])[] | null {
  const generations = new Map<ProviderId, number>();
  const added = new Map<string, number>();
  for (const { providerId, resourceClassId, used } of held) count(added, providerId, resourceClassId, -used);
  for (const { providerId, providerUuid, resourceClassId, amount } of claims) {
    if (pending.isOtherwiseChanged(providerId)) return null;
    const provider = model.numberOfUuid(providerUuid);
    if (provider === undefined || model.id(provider) !== providerId) return null;
    const inventory = model.inventoryColumn(resourceClassId)?.get(provider);
    if (inventory === undefined || !respectsUnits(inventory, amount)) return null;
    const before = pending.usageOf(providerId);
    const used = inventory.used + (before?.used.get(resourceClassId) ?? 0);
    const after = used + count(added, providerId, resourceClassId, amount);
    if (after > exactCapacity(inventory)) return null;
    generations.set(providerId, before?.generation ?? model.generation(provider));
  }
  return [...generations].sort(([left], [right]) => left - right);
}

function count(
  sums: Map<string, number>,
  provider: ProviderId,
  resourceClass: ResourceClassId,
  amount: number,
): number {
  const key = `${provider}:${resourceClass}`;
  const sum = (sums.get(key) ?? 0) + amount;
  sums.set(key, sum);
  return sum;
}

/** Advances a provider's generation, and notes who meets others there. Throws StaleRead. */
async function advance(
  tx: WriteTransaction,
  { store }: Service,
  id: ProviderId,
  generation: number,
  claims: readonly Claim[],
): Promise<number> {
  try {
    return await bumpGeneration(tx, { id, generation });
  } catch (error) {
    const uuid = claims.find(({ providerId }) => providerId === id)?.providerUuid;
    if (error instanceof StaleRead && uuid !== undefined) store.met(uuid);
    throw error;
  }
}

/** Makes the consumer, or advances it by compare-and-set. */
async function writeConsumer(
  tx: WriteTransaction,
  service: Service,
  write: ConsumerWrite,
  consumer: Consumer | undefined,
): Promise<void> {
  const facts = factsOf(write, service);
  if (consumer === undefined) {
    if (await insertWrittenConsumer(tx, write.consumerUuid, facts)) return;
    await ensureNames(tx, facts);
    // Somebody else made it, or it has allocations without a record: the long way finds out.
    if (!(await insertWrittenConsumer(tx, write.consumerUuid, facts))) throw new StaleRead('a consumer');
    return;
  }
  const { project, user, consumerType = consumer.consumerType } = facts;
  const isAsBefore = project === consumer.project && user === consumer.user && consumerType === consumer.consumerType;
  await (isAsBefore ? advanceConsumerAlone(tx, consumer) : advanceConsumer(tx, consumer, facts));
}
