// Consumers and their allocations: immutable values, always read whole (project, user and type in the same query).

import type { ConsumerId, ConsumerUuid, ProviderUuid } from './ids.ts';

export interface Consumer {
  readonly id: ConsumerId;
  readonly uuid: ConsumerUuid;
  /** Project and user as the client names them, not row ids. */
  readonly project: string;
  readonly user: string;
  /** Starts at 0 inside; 1 after the first successful write. */
  readonly generation: number;
  /** Null when none was ever set; shown as `unknown`. */
  readonly consumerType: string | null;
}

/** What one consumer is to hold on one provider: resource class name → amount, in the client's order. */
export interface AllocationWrite {
  readonly providerUuid: ProviderUuid;
  readonly resources: readonly { readonly resourceClass: string; readonly amount: number }[];
}

/**
 * One consumer's part of an allocation write: its allocations are replaced as a whole (http-api §9.4).
 * Empty `allocations` take everything away.
 */
export interface ConsumerWrite {
  readonly consumerUuid: ConsumerUuid;
  readonly allocations: readonly AllocationWrite[];
  /** Null below 1.8: the configured ids of incomplete consumers are recorded. */
  readonly owner: { readonly project: string; readonly user: string } | null;
  /** `unchecked` below 1.28; null says that the consumer must not exist yet. */
  readonly generation: number | null | 'unchecked';
  /** Undefined below 1.38: the type stays as it is. */
  readonly consumerType: string | undefined;
}
