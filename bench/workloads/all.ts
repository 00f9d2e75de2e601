// The workloads, in the order in which they are run and reported.

import { claims } from './claims.ts';
import { computeNodeMix } from './compute-node-mix.ts';
import { flatCandidates } from './flat-candidates.ts';
import { largeAnswers } from './large-answers.ts';
import { nestedCandidates } from './nested-candidates.ts';
import { startUp } from './start-up.ts';
import { wholePlacements } from './whole-placements.ts';
import { wideIsolate } from './wide-isolate.ts';
import { workers } from './workers.ts';
import type { Workload } from './workload.ts';

export const WORKLOADS: readonly Workload[] = [
  flatCandidates,
  nestedCandidates,
  wideIsolate,
  claims,
  wholePlacements,
  computeNodeMix,
  startUp,
  workers,
  largeAnswers,
];

/** By name; of the programs in limits/ too. */
export const TITLES: ReadonlyMap<string, string> = new Map([
  ...WORKLOADS.map(({ name, title }) => [name, title] as const),
  ['limits', 'Limits'] as const,
]);
