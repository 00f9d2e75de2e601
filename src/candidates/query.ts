// The question of a candidate search or a provider listing, after parsing: names as the client wrote them, not looked
// up yet. Looking up is part of the search, because an early empty answer hides an unknown name
// (allocation-candidates §2.5).

import type { Microversion } from '../domain/microversion.ts';

/** What a group wants of traits: every alternative must be met, no forbidden one present. */
export interface TraitRequirement {
  readonly anyOf: readonly (readonly string[])[];
  readonly forbidden: readonly string[];
}

/** What a group wants of aggregates: membership in one of every term, and in no forbidden one. Verbatim UUID text. */
export interface AggregateRequirement {
  readonly anyOf: readonly (readonly string[])[];
  readonly forbidden: readonly string[];
}

export interface RequestedResource {
  readonly resourceClass: string;
  /** ≥ 1; may be Infinity when the client's number is beyond what can be stored: nothing fits then. */
  readonly amount: number;
}

/** One request group; `suffix` is empty for the unsuffixed group. Resourceless when `resources` is empty. */
export interface RequestGroup {
  readonly suffix: string;
  /** Each class once, in the order written. */
  readonly resources: readonly RequestedResource[];
  readonly traits: TraitRequirement;
  readonly aggregates: AggregateRequirement;
  /** Any provider of the tree, verbatim; null when not given. */
  readonly inTree: string | null;
}

/** A whole `GET /allocation_candidates` question; validated except for names (allocation-candidates §2). */
export interface CandidateQuery {
  readonly version: Microversion;
  /** In order of first appearance in the query string. */
  readonly groups: readonly RequestGroup[];
  readonly groupPolicy: 'none' | 'isolate' | null;
  readonly rootRequired: { readonly required: readonly string[]; readonly forbidden: readonly string[] } | null;
  /** Each a list of suffixes, a constraint of its own. */
  readonly sameSubtree: readonly (readonly string[])[];
  /** ≥ 1, or null for all. */
  readonly limit: number | null;
}

/** The filters of `GET /resource_providers` (allocation-candidates §8); null: not given. */
export interface ProviderFilters {
  readonly name: string | null;
  readonly uuid: string | null;
  readonly inTree: string | null;
  readonly aggregates: AggregateRequirement;
  readonly traits: TraitRequirement;
  readonly resources: readonly RequestedResource[];
}
