// The short way for the claims that wait for one transaction, all at once: in about as many statements as a single claim
// takes, however many there are. Each is decided by itself, in the order in which it came, on the picture in memory with
// those before it (claim-from-memory.ts says why that may be relied on); one that memory leaves in doubt is left to itself.

import type { ConsumerWrite } from '../domain/consumer.ts';
import { BerthError } from '../domain/errors/declare.ts';
import type { ConsumerUuid } from '../domain/ids.ts';
import type { GuardedChange } from '../store/guarded-change.ts';
import { holdingNothing, whoHoldsAnything } from '../store/records/allocations.ts';
import { ensureFactIds, writtenConsumerInserts } from '../store/records/consumers.ts';
import { type Holding, readHoldings } from '../store/records/holdings.ts';
import { lockProvidersById } from '../store/records/resource-providers.ts';
import type { SharedOutcome } from '../store/shared-work.ts';
import type { WriteTransaction } from '../store/transaction.ts';
import { finishClaims, uuidOf } from './claim-from-memory.ts';
import { FittingClaims, knownPicture, type RememberedClaims, rememberedClaims } from './remembered-claims.ts';
import { assertConsumerGeneration, factsOf } from './replace-allocations.ts';
import type { Service } from './service.ts';

const ALONE: SharedOutcome = { kind: 'alone' };
const DONE: SharedOutcome = { kind: 'done' };

/** What was read of the consumers. */
interface Holders {
  /** Of those with a record. */
  readonly holdings: ReadonlyMap<ConsumerUuid, Holding>;
  /** Those without a record, as far as is known, who hold something all the same. */
  readonly unclear: ReadonlySet<ConsumerUuid>;
}

/** Replaces the allocations of one consumer for each write. One outcome for each, in their order. */
export async function claimTogether(
  tx: WriteTransaction,
  service: Service,
  writes: readonly ConsumerWrite[],
): Promise<readonly SharedOutcome[]> {
  const isFirst = firstOfEachConsumer(writes);
  const claiming = writes.filter((write) => write.allocations.length > 0 && isFirst.has(write));
  if (claiming.length === 0) return writes.map(() => ALONE);
  await catchUp(tx, service, claiming);
  if (knownPicture(tx, service) === null) return writes.map(() => ALONE);
  const { holdings, unclear } = await holdersAmong(tx, claiming);

  // From here to the decision in one stretch: the picture must not change in between.
  const picture = knownPicture(tx, service);
  if (picture === null) return writes.map(() => ALONE);
  const fitting = new FittingClaims(picture, tx);
  const granted: RememberedClaims[] = [];
  const decide = (write: ConsumerWrite): SharedOutcome => {
    if (!isFirst.has(write) || write.allocations.length === 0 || unclear.has(write.consumerUuid)) return ALONE;
    const holding = holdings.get(write.consumerUuid);
    const refusal = refusalOf(write, holding);
    if (refusal !== null) return { kind: 'refused', error: refusal };
    const [remembered] = rememberedClaims(picture, [write]) ?? [];
    if (remembered === undefined || !fitting.add(remembered.claims, holding?.held ?? [])) return ALONE;
    granted.push(remembered);
    return DONE;
  };
  const outcomes = writes.map(decide);
  if (granted.length > 0) await grant(tx, service, granted, fitting, holdings);
  return outcomes;
}

/**
 * One provider that was changed since would bring all claims to nothing. So where others write too, the picture lacks what
 * was committed here, or the claims have come to nothing already, the providers are locked, in id order, and then the picture
 * is brought up to date: what it says of them holds until the commit.
 */
async function catchUp(tx: WriteTransaction, service: Service, writes: readonly ConsumerWrite[]): Promise<void> {
  const picture = knownPicture(tx, service);
  if (tx.attempt === 0 && picture !== null && !service.store.othersWrite && !service.model.isBehind) return;
  const claims = picture === null ? null : rememberedClaims(picture, writes);
  const ids = claims?.flatMap((entry) => entry.claims.map(({ providerId }) => providerId)) ?? [];
  await lockProvidersById(
    tx,
    [...new Set(ids)].sort((left, right) => left - right),
  );
  await service.model.read(() => {});
}

/** Of two writes for one consumer the second sees the first only once that is made. */
function firstOfEachConsumer(writes: readonly ConsumerWrite[]): ReadonlySet<ConsumerWrite> {
  const firsts = new Map<ConsumerUuid, ConsumerWrite>();
  for (const write of writes) if (!firsts.has(write.consumerUuid)) firsts.set(write.consumerUuid, write);
  return new Set(firsts.values());
}

/**
 * What the consumers hold. At first a record is not looked for of those that are not to exist: making them fails if they do.
 * What they hold without one is asked for where that costs no round trip; elsewhere making them fails of that, too. The second
 * time, after one of them was not as it should be, everything is asked for.
 */
async function holdersAmong(tx: WriteTransaction, writes: readonly ConsumerWrite[]): Promise<Holders> {
  const { asked = [], made = [] } = Object.groupBy(writes, ({ generation }) =>
    generation === null && tx.attempt === 0 ? 'made' : 'asked',
  );
  const holdings: Holders['holdings'] = asked.length === 0 ? new Map() : await readHoldings(tx, asked.map(uuidOf));
  const unknown = [
    ...asked.map(uuidOf).filter((uuid) => !holdings.has(uuid)),
    ...(tx.isSerial ? made.map(uuidOf) : []),
  ];
  return { holdings, unclear: unknown.length === 0 ? new Set() : await whoHoldsAnything(tx, unknown) };
}

function refusalOf(write: ConsumerWrite, holding: Holding | undefined): BerthError | null {
  try {
    assertConsumerGeneration(write, holding?.consumer);
    return null;
  } catch (error) {
    if (error instanceof BerthError) return error;
    throw error;
  }
}

/** Leaves what was decided to be written. Throws nothing but what brings the whole transaction to nothing. */
async function grant(
  tx: WriteTransaction,
  service: Service,
  claims: readonly RememberedClaims[],
  { providers }: FittingClaims,
  holdings: Holders['holdings'],
): Promise<void> {
  tx.refusesNoMore();
  const made = claims.map(({ write }) => write).filter(({ consumerUuid }) => !holdings.has(consumerUuid));
  await finishClaims(tx, service, {
    claims,
    providers,
    holdings,
    making: await consumersAndOwnersMade(tx, service, made),
  });
}

/**
 * Makes consumers that hold nothing, in one statement for all that have the same owner and type. Owners and types that are new
 * are made at once.
 */
async function consumersAndOwnersMade(
  tx: WriteTransaction,
  service: Service,
  writes: readonly ConsumerWrite[],
): Promise<readonly GuardedChange[]> {
  if (writes.length === 0) return [];
  // Where that was asked for already, nobody else can have written since.
  const changes: GuardedChange[] = tx.isSerial ? [] : [holdingNothing(writes.map(uuidOf))];
  const byFacts = Map.groupBy(writes, (write) => {
    const { project, user, consumerType } = factsOf(write, service);
    return JSON.stringify([project, user, consumerType]);
  });
  for (const alike of byFacts.values()) {
    const [first] = alike;
    if (first === undefined) continue;
    const facts = factsOf(first, service);
    const ids = service.store.owners.known(facts) ?? (await ensureFactIds(tx, facts));
    const uuids = alike.map(uuidOf);
    changes.push(writtenConsumerInserts(tx, uuids, ids));
  }
  return changes;
}
