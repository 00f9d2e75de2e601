// What an audit of the database looks for (operations §4.2), and how a finding is told.

/** A wrong record is a promise broken; an odd one is legal but worth an operator's look. */
export type AuditSeverity = 'wrong' | 'odd';

export interface AuditCheck {
  readonly name: string;
  readonly severity: AuditSeverity;
  /** What a finding means, in one sentence. */
  readonly meaning: string;
}

export const AUDIT_CHECKS = {
  overCapacity: {
    name: 'usage-over-capacity',
    severity: 'odd',
    meaning: 'Consumers hold more of an inventory than its capacity: legal only if the inventory was shrunk.',
  },
  allocationWithoutInventory: {
    name: 'allocation-without-inventory',
    severity: 'wrong',
    meaning: 'A consumer holds something that the provider has no inventory of.',
  },
  allocationWithoutProvider: {
    name: 'allocation-without-provider',
    severity: 'wrong',
    meaning: 'A consumer holds something of a provider that does not exist.',
  },
  allocationWithoutConsumer: {
    name: 'allocation-without-consumer',
    severity: 'wrong',
    meaning: 'Something is held by a consumer that has no record: it counts as usage and is invisible.',
  },
  duplicateAllocation: {
    name: 'duplicate-allocation',
    severity: 'wrong',
    meaning: 'A consumer has two records for one class on one provider.',
  },
  consumerWithoutAllocations: {
    name: 'consumer-without-allocations',
    severity: 'wrong',
    meaning: 'A consumer has a record but holds nothing.',
  },
  consumerWithoutOwner: {
    name: 'consumer-without-owner',
    severity: 'wrong',
    meaning: 'A consumer names a project or user that has no record.',
  },
  providerWithoutRoot: {
    name: 'provider-without-root',
    severity: 'wrong',
    meaning: 'A provider has no root, or one that does not exist: it is invisible.',
  },
  providerWithoutParent: {
    name: 'provider-without-parent',
    severity: 'wrong',
    meaning: 'A provider names a parent that does not exist.',
  },
  wrongRoot: {
    name: 'wrong-root',
    severity: 'wrong',
    meaning: 'Following the parents of a provider does not end at its root.',
  },
  parentLoop: {
    name: 'parent-loop',
    severity: 'wrong',
    meaning: 'Following the parents of a provider comes back to it.',
  },
  badGeneration: {
    name: 'bad-generation',
    severity: 'wrong',
    meaning: 'A provider or consumer has no generation, or a negative one.',
  },
  consumerNeverAdvanced: {
    name: 'consumer-never-advanced',
    severity: 'odd',
    meaning: 'A consumer with allocations has generation 0: legal only for records made by a repair.',
  },
  associationWithoutProvider: {
    name: 'association-without-provider',
    severity: 'wrong',
    meaning: 'An inventory, a trait or an aggregate belongs to a provider that does not exist.',
  },
  inventoryWithoutClass: {
    name: 'inventory-without-class',
    severity: 'wrong',
    meaning: 'A provider has inventory of a resource class that does not exist.',
  },
  changeFeedGap: {
    name: 'change-feed-gap',
    severity: 'wrong',
    meaning: 'The change feed of a writer does not end at the number its last commit recorded.',
  },
} as const satisfies Record<string, AuditCheck>;

export interface AuditFinding {
  readonly check: AuditCheck;
  readonly count: number;
  /** UUIDs of providers concerned, a few at most; consumers are only counted. */
  readonly providers: readonly string[];
}

export interface AuditReport {
  /** How much was looked at. */
  readonly examined: { readonly providers: number; readonly consumers: number; readonly allocations: number };
  /** Only what was found; empty when all is well. */
  readonly findings: readonly AuditFinding[];
}
