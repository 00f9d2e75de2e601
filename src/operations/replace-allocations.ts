// Replacing what consumers hold: the transaction behind PUT and POST /allocations and the reshaper (http-api §9.4).
//
// The order inside the transaction is what keeps P2 and P3: consumers are read and their generations compared; the
// providers' generations are advanced by compare-and-set; only then is their usage read, so that nobody can have
// changed it since; then the claims are checked; then everything is written.

import { assertClaimsFit, type Claim, type StandingOf } from '../domain/allocation.ts';
import type { Consumer, ConsumerWrite } from '../domain/consumer.ts';
import { allocationProviderUnknown, consumerGenerationConflict } from '../domain/errors/records.ts';
import type { ConsumerUuid, ProviderId, ProviderUuid } from '../domain/ids.ts';
import type { ResourceClass } from '../domain/resource-class.ts';
import type { ResourceProvider, UsageChange } from '../domain/resource-provider.ts';
import {
  type AllocationRecord,
  allocationDeletion,
  allocationInserts,
  type NewAllocation,
  readAllocationsOf,
} from '../store/records/allocations.ts';
import {
  advanceConsumer,
  type ConsumerFacts,
  consumerDeletion,
  findConsumers,
  insertConsumer,
  lockConsumers,
} from '../store/records/consumers.ts';
import { readInventoriesOf, readUsage } from '../store/records/inventories.ts';
import { findResourceClasses } from '../store/records/resource-classes.ts';
import { bumpGeneration, findProviders, lockProviders } from '../store/records/resource-providers.ts';
import type { ReadTransaction, WriteTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';
import { UsageChanges } from './usage-changes.ts';

/** What the writes are about, as it stood when the transaction read it. */
export interface PreparedWrites {
  readonly writes: readonly ConsumerWrite[];
  /** The consumers that exist already. */
  readonly consumers: ReadonlyMap<ConsumerUuid, Consumer>;
  /** What they hold. */
  readonly held: readonly AllocationRecord[];
  /** The providers that the new allocations name. */
  readonly providers: ReadonlyMap<ProviderUuid, ResourceProvider>;
}

/**
 * Reads consumers and providers and checks them. Errors in order: 409 for a consumer's generation, 400 for a provider
 * that does not exist; each in the order of the body.
 *
 * Rows that will change are locked on the way, consumers first, each in id order, so that writers queue.
 */
export async function prepareWrites(tx: WriteTransaction, writes: readonly ConsumerWrite[]): Promise<PreparedWrites> {
  const uuids = writes.map((write) => write.consumerUuid);
  await lockConsumers(tx, uuids);
  const consumers = await findConsumers(tx, uuids);
  for (const write of writes) assertConsumerGeneration(write, consumers.get(write.consumerUuid));
  // After the consumers: what is added to one of them from here on shows in its generation.
  const heldBefore = await readAllocationsOf(tx, uuids);
  const named = writes.flatMap((write) => write.allocations.map((allocation) => allocation.providerUuid));
  await lockProviders(tx, [...new Set([...named, ...heldBefore.map((record) => record.providerUuid)])]);
  const providers = await findProviders(tx, [...new Set(named)]);
  for (const uuid of named) {
    if (!providers.has(uuid)) throw allocationProviderUnknown({ uuid });
  }
  // Again, since the lock may have been waited for: the generations that come with it must be of now.
  const held = tx.isSerial ? heldBefore : await readAllocationsOf(tx, uuids);
  return { writes, consumers, held, providers };
}

/** The classes that the writes name; `refuse` makes the error for the first that does not exist. */
export async function requireClasses(
  tx: ReadTransaction,
  writes: readonly ConsumerWrite[],
  refuse: (resourceClass: string) => Error,
): Promise<ReadonlyMap<string, ResourceClass>> {
  const names = writes.flatMap((write) =>
    write.allocations.flatMap((allocation) => allocation.resources.map((resource) => resource.resourceClass)),
  );
  const classes = await findResourceClasses(tx, [...new Set(names)]);
  for (const name of names) {
    if (!classes.has(name)) throw refuse(name);
  }
  return classes;
}

/**
 * Replaces the allocations of all consumers of the writes; returns what that changes of providers. Errors: 409 when a
 * claim does not fit.
 *
 * @param generations generations of providers that this transaction has advanced already (the reshaper); kept current
 */
export async function replaceAllocations(
  tx: WriteTransaction,
  service: Service,
  prepared: PreparedWrites,
  classes: ReadonlyMap<string, ResourceClass>,
  generations: Map<ProviderId, number> = new Map(),
): Promise<readonly UsageChange[]> {
  const { held } = prepared;
  const usage = new UsageChanges(tx);
  usage.takeBack(held);
  await advanceProviders(tx, prepared, generations, usage);

  const claims = prepared.writes.map((write) => ({ write, claims: claimsOf(write, prepared, classes) }));
  const allClaims = claims.flatMap((entry) => entry.claims);
  assertClaimsFit(allClaims, await readStandings(tx, allClaims, held));

  await tx.make(...allocationDeletion(held));
  for (const entry of claims) {
    await writeConsumer(tx, service, entry.write, prepared);
    if (entry.claims.length > 0) {
      await tx.make(allocationInserts(tx, newAllocations(entry.write.consumerUuid, entry.claims)));
    }
  }
  usage.give(allClaims);
  return usage.list();
}

/** The rows that a consumer's claims become. */
export function newAllocations(consumer: ConsumerUuid, claims: readonly Claim[]): readonly NewAllocation[] {
  return claims.map(({ providerId, resourceClassId, amount }) => ({
    consumer,
    provider: providerId,
    resourceClass: resourceClassId,
    used: amount,
  }));
}

/** Throws 409 when the client has seen another state of the consumer than the one it is in. */
export function assertConsumerGeneration(write: ConsumerWrite, consumer: Consumer | undefined): void {
  if (write.generation === 'unchecked') return;
  const expected = consumer?.generation ?? null;
  if (write.generation !== expected) throw consumerGenerationConflict({ expected, given: write.generation });
}

/**
 * Advances, in id order, every provider that the new allocations name and every provider that a cleared consumer
 * leaves. One that a consumer merely leaves out of its new set is not advanced (http-api §3.1).
 */
async function advanceProviders(
  tx: WriteTransaction,
  prepared: PreparedWrites,
  generations: Map<ProviderId, number>,
  usage: UsageChanges,
): Promise<void> {
  const read = new Map<ProviderId, number>();
  const cleared = new Set(prepared.writes.filter(isClearing).map((write) => write.consumerUuid));
  for (const record of prepared.held) {
    if (cleared.has(record.consumerUuid)) read.set(record.providerId, record.providerGeneration);
  }
  for (const provider of prepared.providers.values()) read.set(provider.id, provider.generation);
  for (const [id, generation] of [...read].sort(([left], [right]) => left - right)) {
    const before = generations.get(id) ?? generation;
    const after = await bumpGeneration(tx, { id, generation: before });
    generations.set(id, after);
    usage.advanced(id, before, after);
  }
}

function isClearing(write: ConsumerWrite): boolean {
  return write.allocations.length === 0;
}

function claimsOf(
  write: ConsumerWrite,
  prepared: PreparedWrites,
  classes: ReadonlyMap<string, ResourceClass>,
): readonly Claim[] {
  return write.allocations.flatMap(({ providerUuid, resources }) =>
    resources.map(({ resourceClass, amount }) => {
      const provider = prepared.providers.get(providerUuid);
      const found = classes.get(resourceClass);
      if (provider === undefined || found === undefined) throw new Error('a claim was not prepared');
      return { providerId: provider.id, providerUuid, resourceClassId: found.id, resourceClass, amount };
    }),
  );
}

/** How the claimed inventories stand, read after the providers were advanced: nobody else can have changed them. */
async function readStandings(
  tx: ReadTransaction,
  claims: readonly Claim[],
  held: readonly AllocationRecord[],
): Promise<StandingOf> {
  const ids = [...new Set(claims.map((claim) => claim.providerId))];
  const inventories = await readInventoriesOf(tx, ids);
  const usage = await readUsage(tx, ids);
  const own = new Map<string, number>();
  for (const record of held) {
    const key = `${record.providerId}:${record.resourceClassId}`;
    own.set(key, (own.get(key) ?? 0) + record.used);
  }
  return (provider, resourceClass) => {
    const inventory = inventories.get(provider)?.find((entry) => entry.resourceClassId === resourceClass);
    if (inventory === undefined) return undefined;
    const usedBefore = usage.get(provider)?.get(resourceClass) ?? 0;
    return { inventory, usedBefore, usedByOthers: usedBefore - (own.get(`${provider}:${resourceClass}`) ?? 0) };
  };
}

/** What the write says of its consumer. */
export function factsOf({ owner, consumerType }: ConsumerWrite, { settings }: Service): ConsumerFacts {
  return {
    project: owner?.project ?? settings.incompleteConsumerProjectId,
    user: owner?.user ?? settings.incompleteConsumerUserId,
    consumerType,
  };
}

/** Makes, advances or removes the consumer. One that would hold nothing is not left behind. */
async function writeConsumer(
  tx: WriteTransaction,
  service: Service,
  write: ConsumerWrite,
  { consumers, held }: PreparedWrites,
): Promise<void> {
  const current = consumers.get(write.consumerUuid);
  const facts = factsOf(write, service);
  if (isClearing(write)) {
    // Allocations without a consumer are taken away under a record made for it, so that of two writers who find them
    // so only one can.
    const orphaned = current === undefined && held.some((record) => record.consumerUuid === write.consumerUuid);
    const cleared = orphaned ? await insertConsumer(tx, write.consumerUuid, facts) : current;
    if (cleared !== undefined) await tx.make(consumerDeletion(cleared));
    return;
  }
  const consumer = current ?? (await insertConsumer(tx, write.consumerUuid, facts));
  await advanceConsumer(tx, consumer, facts);
}
