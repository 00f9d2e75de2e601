// The answer of a candidate search, in terms of the model's provider numbers; http turns it into the wire format. What
// all its allocation requests have in common is said once: ten thousand of them are ten thousand lists of numbers.

import type { ResourceClassId } from '../domain/ids.ts';
import type { ProviderNumber } from '../model/reader.ts';

/** What is asked for, cut into parts that take one provider each. */
export interface RequestShape {
  /** One for each group of the request, in its order. */
  readonly suffixes: readonly string[];
  readonly parts: readonly RequestPart[];
}

export interface RequestPart {
  /** Index into {@link RequestShape.suffixes}. */
  readonly group: number;
  /** What the provider gives; nothing for a resourceless group. */
  readonly amounts: readonly { readonly resourceClassId: ResourceClassId; readonly amount: number }[];
}

/** One way to serve the request: part → provider. */
export type AllocationRequest = readonly ProviderNumber[];

/** Many of them, as one list of numbers. */
export interface AllocationRequests extends Iterable<AllocationRequest> {
  readonly length: number;
  readonly partCount: number;
  /** Request × partCount + part → provider. */
  readonly providers: readonly ProviderNumber[];
}

export interface CandidateAnswer {
  readonly shape: RequestShape;
  readonly allocationRequests: AllocationRequests;
  /** Providers to summarise (allocation-candidates §4), each once. */
  readonly summarised: readonly ProviderNumber[];
}
