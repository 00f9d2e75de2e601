// The answer of a candidate search, in terms of the model's provider numbers; http turns it into the wire format.

import type { ResourceClassId } from '../domain/ids.ts';
import type { ProviderNumber } from '../model/reader.ts';

/** One way to serve the request. */
export interface AllocationRequest {
  /** One entry per (provider, class), amounts of several groups summed. */
  readonly allocations: readonly {
    readonly provider: ProviderNumber;
    readonly resourceClassId: ResourceClassId;
    readonly amount: number;
  }[];
  /** One entry per group of the request, in the order of the groups; each provider once. */
  readonly mappings: readonly { readonly suffix: string; readonly providers: readonly ProviderNumber[] }[];
}

export interface CandidateAnswer {
  readonly allocationRequests: readonly AllocationRequest[];
  /** Providers to summarise (allocation-candidates §4), each once. */
  readonly summarised: readonly ProviderNumber[];
}
