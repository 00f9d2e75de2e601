// Whether claims fit: the rules of http-api §9.4 step 8 and §9.5, as a pure function over what the transaction read.

import { allocationExceedsCapacity, allocationInventoryMissing, allocationViolatesUnits } from './errors/records.ts';
import type { ProviderId, ProviderUuid, ResourceClassId } from './ids.ts';
import { exactCapacity, type Inventory, respectsUnits } from './inventory.ts';

/** So much of one class on one provider, for one consumer of the request. */
export interface Claim {
  readonly providerId: ProviderId;
  readonly providerUuid: ProviderUuid;
  readonly resourceClassId: ResourceClassId;
  readonly resourceClass: string;
  readonly amount: number;
}

/** How one inventory stands before the claims. */
export interface InventoryStanding {
  readonly inventory: Inventory;
  /** What all consumers held before the request. */
  readonly usedBefore: number;
  /** What consumers that are not in the request hold. */
  readonly usedByOthers: number;
}

export type StandingOf = (provider: ProviderId, resourceClass: ResourceClassId) => InventoryStanding | undefined;

/**
 * Checks every claim in order; each is checked fully before the next is looked at.
 *
 * A claim over capacity still passes when the request makes its inventory no worse than it was: providers may be over
 * capacity because inventory was shrunk (http-api §9.6).
 *
 * Errors (409): no inventory, units violated, capacity exceeded.
 */
export function assertClaimsFit(claims: readonly Claim[], standingOf: StandingOf): void {
  assertEveryProviderServes(claims, standingOf);
  const claimed = new Map<InventoryStanding, number>();
  const standings = rememberedStandings(standingOf);
  for (const claim of claims) {
    const { providerUuid: uuid, resourceClass } = claim;
    const standing = standings(claim.providerId, claim.resourceClassId);
    if (standing === undefined) throw allocationInventoryMissing({ resourceClasses: [resourceClass], uuids: [uuid] });
    if (!respectsUnits(standing.inventory, claim.amount)) throw allocationViolatesUnits({ resourceClass, uuid });
    const sum = (claimed.get(standing) ?? 0) + claim.amount;
    claimed.set(standing, sum);
    const after = standing.usedByOthers + sum;
    if (after > exactCapacity(standing.inventory) && after > standing.usedBefore) {
      throw allocationExceedsCapacity({ resourceClass, uuid });
    }
  }
}

/** Every provider named has inventory of at least one of the classes named anywhere in the request. */
function assertEveryProviderServes(claims: readonly Claim[], standingOf: StandingOf): void {
  const classes = new Map(claims.map((claim) => [claim.resourceClassId, claim.resourceClass]));
  const providers = new Map(claims.map((claim) => [claim.providerId, claim.providerUuid]));
  const uuids = [...providers]
    .filter(([provider]) => ![...classes.keys()].some((resourceClass) => standingOf(provider, resourceClass)))
    .map(([, uuid]) => uuid);
  if (uuids.length > 0) throw allocationInventoryMissing({ resourceClasses: [...classes.values()], uuids });
}

/** The same standing object for the same inventory, so that claims on it can be summed. */
function rememberedStandings(standingOf: StandingOf): StandingOf {
  const known = new Map<string, InventoryStanding | undefined>();
  return (provider, resourceClass) => {
    const key = `${provider}:${resourceClass}`;
    if (!known.has(key)) known.set(key, standingOf(provider, resourceClass));
    return known.get(key);
  };
}
