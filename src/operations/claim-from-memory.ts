// The short way of a claim: providers, inventories and usage are taken from the picture in memory instead of the database.
//
// Why nothing is oversold: whatever adds to the usage of a provider, or changes its inventory, advances its generation.
// So what the picture says of usage at a generation is never too little as long as the provider still has that
// generation, and that is what the compare-and-set proves, in the same transaction as the claim. Where memory leaves any
// doubt, nothing has been written yet and the claim takes the long way (replace-allocations.ts), which also words refusals.

import type { Consumer, ConsumerWrite } from '../domain/consumer.ts';
import { StaleRead } from '../store/database-errors.ts';
import { type AllocationRecord, deleteAllocationsOf, insertAllocations } from '../store/records/allocations.ts';
import {
  advanceConsumer,
  advanceConsumerAlone,
  ensureNames,
  insertWrittenConsumer,
  insertWrittenConsumerFirst,
} from '../store/records/consumers.ts';
import { readHoldings } from '../store/records/holdings.ts';
import { type Advance, bumpGenerations } from '../store/records/resource-providers.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import { FittingClaims, knownPicture, type RememberedClaims, rememberedClaims } from './remembered-claims.ts';
import { assertConsumerGeneration, factsOf, newAllocations } from './replace-allocations.ts';
import type { Service } from './service.ts';
import { UsageChanges } from './usage-changes.ts';

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
  const picture = isFirst && !service.model.isBehind ? knownPicture(tx, service) : null;
  if (picture === null) return false;
  const claims = rememberedClaims(picture, writes);
  if (claims === null) return false;
  if (await claimForNewConsumer(tx, service, claims)) return true;

  const holdings = await readHoldings(
    tx,
    writes.map(({ consumerUuid }) => consumerUuid),
  );
  for (const write of writes) assertConsumerGeneration(write, holdings.get(write.consumerUuid)?.consumer);
  const held = [...holdings.values()].flatMap((holding) => holding.held);
  const providers = fittingProviders(tx, service, claims, held);
  if (providers === null) return false;

  tx.refusesNoMore();
  await claimProviders(tx, service, providers, claims, held);
  for (const { write } of claims) {
    await writeConsumer(tx, service, write, holdings.get(write.consumerUuid)?.consumer);
  }
  await insertAll(tx, claims);
  return true;
}

/**
 * A single consumer that the client says does not exist: making it is the first statement, and whether it exists need not be
 * asked before. False, with nothing written: it does exist, its owner is new, or the claim may not fit.
 */
async function claimForNewConsumer(
  tx: WriteTransaction,
  service: Service,
  claims: readonly RememberedClaims[],
): Promise<boolean> {
  const [only, ...others] = claims;
  if (only === undefined || others.length > 0 || only.write.generation !== null) return false;
  const providers = fittingProviders(tx, service, claims, []);
  if (providers === null) return false;
  const { write } = only;
  if (!(await insertWrittenConsumerFirst(tx, write.consumerUuid, factsOf(write, service)))) return false;
  await claimProviders(tx, service, providers, claims, []);
  await insertAll(tx, claims);
  return true;
}

/** The claimed providers when all claims fit; null when they may not. In one stretch, on the picture as it is now. */
function fittingProviders(
  tx: WriteTransaction,
  service: Service,
  claims: readonly RememberedClaims[],
  held: readonly AllocationRecord[],
): readonly Advance[] | null {
  const picture = knownPicture(tx, service);
  if (picture === null) return null;
  const fitting = new FittingClaims(picture, tx);
  const all = claims.flatMap((entry) => entry.claims);
  return fitting.add(all, held) ? fitting.providers : null;
}

/** Advances the providers by compare-and-set, takes away what is held, and says what that and the claims change. */
export async function claimProviders(
  tx: WriteTransaction,
  { store }: Service,
  providers: readonly Advance[],
  claims: readonly RememberedClaims[],
  held: readonly AllocationRecord[],
): Promise<void> {
  const usage = new UsageChanges(tx);
  usage.takeBack(held);
  for (const entry of claims) usage.give(entry.claims);
  await bumpGenerations(tx, providers, (uuids) => store.met(uuids));
  for (const { id, generation, by } of providers) usage.advanced(id, generation, generation + by);
  await deleteAllocationsOf(tx, held);
  tx.onlyUsageChanged(usage.list());
}

/** Inserts the rows of all claims. */
export async function insertAll(tx: WriteTransaction, claims: readonly RememberedClaims[]): Promise<void> {
  await insertAllocations(
    tx,
    claims.flatMap((entry) => newAllocations(entry.write.consumerUuid, entry.claims)),
  );
}

/** Makes the consumer, or advances it by compare-and-set. */
async function writeConsumer(
  tx: WriteTransaction,
  service: Service,
  write: ConsumerWrite,
  consumer: Consumer | undefined,
): Promise<void> {
  const facts = factsOf(write, service);
  if (consumer !== undefined) {
    await advanceWritten(tx, consumer, service, write);
    return;
  }
  if (await insertWrittenConsumer(tx, write.consumerUuid, facts)) return;
  await ensureNames(tx, facts);
  // Somebody else made it, or it has allocations without a record: the long way finds out.
  if (!(await insertWrittenConsumer(tx, write.consumerUuid, facts))) throw new StaleRead('a consumer');
}

/** Advances a consumer that exists by compare-and-set, with owner and type where the write changes them. */
export async function advanceWritten(
  tx: WriteTransaction,
  consumer: Consumer,
  service: Service,
  write: ConsumerWrite,
): Promise<void> {
  const facts = factsOf(write, service);
  const { project, user, consumerType = consumer.consumerType } = facts;
  const isAsBefore = project === consumer.project && user === consumer.user && consumerType === consumer.consumerType;
  await (isAsBefore ? advanceConsumerAlone(tx, consumer) : advanceConsumer(tx, consumer, facts));
}
