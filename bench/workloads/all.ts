// The workloads, in the order in which they are run and reported.

import { claims } from './claims.ts';
import { flatCandidates } from './flat-candidates.ts';
import { wholePlacements } from './whole-placements.ts';
import type { Workload } from './workload.ts';

export const WORKLOADS: readonly Workload[] = [flatCandidates, claims, wholePlacements];
