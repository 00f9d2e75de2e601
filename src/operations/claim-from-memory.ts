// The short way of a claim: providers, inventories and usage are taken from the picture in memory instead of the database.
//
// Why nothing is oversold: whatever adds to the usage of a provider, or changes its inventory, advances its generation.
// So what the picture says of usage at a generation is never too little as long as the provider still has that
// generation, and that is what the compare-and-set proves, in the same transaction as the claim. Where memory leaves any
// doubt, nothing has been written yet and the claim takes the long way (replace-allocations.ts), which also words refusals.

import type { Consumer, ConsumerWrite } from '../domain/consumer.ts';
import type { ConsumerUuid } from '../domain/ids.ts';
import type { GuardedChange } from '../store/guarded-change.ts';
import {
  type AllocationRecord,
  allocationDeletion,
  allocationInserts,
  holdingNothing,
} from '../store/records/allocations.ts';
import { advanceConsumer, consumerAdvance, writtenConsumerInserts } from '../store/records/consumers.ts';
import { type Holding, readHoldings } from '../store/records/holdings.ts';
import { type Advance, generationAdvances } from '../store/records/resource-providers.ts';
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
  // A single consumer that the client says does not exist need not be looked for: making it fails if it does.
  const isNew = writes.length === 1 && writes[0]?.generation === null;
  const holdings = isNew ? new Map<ConsumerUuid, Holding>() : await readHoldings(tx, writes.map(uuidOf));
  for (const write of writes) assertConsumerGeneration(write, holdings.get(write.consumerUuid)?.consumer);
  const held = [...holdings.values()].flatMap((holding) => holding.held);
  const providers = fittingProviders(tx, service, claims, held);
  if (providers === null) return false;

  const making = consumersMade(
    tx,
    service,
    writes.filter(({ consumerUuid }) => !holdings.has(consumerUuid)),
  );
  if (making === null) return false;
  await finishClaims(tx, service, { claims, providers, holdings, making });
  return true;
}

/** Claims that fit, and what they rest on. */
export interface DecidedClaims {
  readonly claims: readonly RememberedClaims[];
  readonly providers: readonly Advance[];
  /** Of their consumers, those that are there already. */
  readonly holdings: ReadonlyMap<ConsumerUuid, Holding>;
  /** What makes the other consumers. */
  readonly making: readonly GuardedChange[];
}

/** Leaves the claims to be written with the commit. Throws nothing but what brings the whole transaction to nothing. */
export async function finishClaims(
  tx: WriteTransaction,
  service: Service,
  { claims, providers, holdings, making }: DecidedClaims,
): Promise<void> {
  const advancing: GuardedChange[] = [];
  for (const { write } of claims) {
    const consumer = holdings.get(write.consumerUuid)?.consumer;
    if (consumer !== undefined) advancing.push(...(await consumerAdvanced(tx, service, write, consumer)));
  }
  const held = claims.flatMap(({ write }) => holdings.get(write.consumerUuid)?.held ?? []);
  tx.finish([
    ...providerClaims(tx, service, providers, claims, held),
    ...making,
    ...advancing,
    claimInserts(tx, claims),
  ]);
}

export function uuidOf({ consumerUuid }: ConsumerWrite): ConsumerUuid {
  return consumerUuid;
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
function providerClaims(
  tx: WriteTransaction,
  { store }: Service,
  providers: readonly Advance[],
  claims: readonly RememberedClaims[],
  held: readonly AllocationRecord[],
): readonly GuardedChange[] {
  const usage = new UsageChanges(tx);
  usage.takeBack(held);
  for (const entry of claims) usage.give(entry.claims);
  for (const { id, generation, by } of providers) usage.advanced(id, generation, generation + by);
  tx.onlyUsageChanged(usage.list());
  return [...generationAdvances(tx, providers, (uuids) => store.met(uuids)), ...allocationDeletion(held)];
}

/** The rows of all claims. */
function claimInserts(tx: WriteTransaction, claims: readonly RememberedClaims[]): GuardedChange {
  return allocationInserts(
    tx,
    claims.flatMap((entry) => newAllocations(entry.write.consumerUuid, entry.claims)),
  );
}

/** Makes consumers that hold nothing. Null when the owner of one of them, or its type, may be new. */
function consumersMade(
  tx: WriteTransaction,
  service: Service,
  writes: readonly ConsumerWrite[],
): readonly GuardedChange[] | null {
  const changes: GuardedChange[] = [];
  for (const write of writes) {
    const ids = service.store.owners.known(factsOf(write, service));
    if (ids === undefined) return null;
    changes.push(holdingNothing([write.consumerUuid]), writtenConsumerInserts(tx, [write.consumerUuid], ids));
  }
  return changes;
}

/** Advances the consumer by compare-and-set, with owner and type where the write changes them. */
async function consumerAdvanced(
  tx: WriteTransaction,
  service: Service,
  write: ConsumerWrite,
  consumer: Consumer,
): Promise<readonly GuardedChange[]> {
  const facts = factsOf(write, service);
  const { project, user, consumerType = consumer.consumerType } = facts;
  const isAsBefore = project === consumer.project && user === consumer.user && consumerType === consumer.consumerType;
  if (isAsBefore) return [consumerAdvance(tx, consumer)];
  await advanceConsumer(tx, consumer, facts);
  return [];
}
