// Every operation of the Placement API but `GET /`, which is the server's own (http-api §1.2), and those that are Berth's.

import type { Service } from '../../operations/service.ts';
import type { Operation } from '../operation.ts';
import { aggregates } from './aggregates.ts';
import { allocationCandidates } from './allocation-candidates.ts';
import { allocations } from './allocations.ts';
import { berthHealth } from './berth-health.ts';
import { berthMetrics } from './berth-metrics.ts';
import { berthOpenApi } from './berth-openapi.ts';
import { inventories } from './inventories.ts';
import { providerTraits } from './provider-traits.ts';
import { reshaper } from './reshaper.ts';
import { resourceClasses } from './resource-classes.ts';
import { resourceProviders } from './resource-providers.ts';
import { traits } from './traits.ts';
import { usages } from './usages.ts';

/** The operations, resource by resource. One method and path may occur twice, for different microversions. */
export function placementOperations(service: Service): readonly Operation[] {
  return [
    resourceClasses,
    resourceProviders,
    inventories,
    usages,
    aggregates,
    providerTraits,
    traits,
    allocations,
    allocationCandidates,
    reshaper,
  ].flatMap((operations) => operations(service));
}

/** What Berth's own operations ask of the process that they run in. */
export interface ProcessView {
  /** All metrics as text; null: they are not shown. */
  readonly metrics: (() => Promise<string>) | null;
  readonly isStopping: () => boolean;
}

const NO_PROCESS: ProcessView = { metrics: async () => '', isStopping: () => false };

/** The operations of the Placement API, and Berth's own under `/berth`. */
export function allOperations(service: Service, view: ProcessView = NO_PROCESS): readonly Operation[] {
  const operations = [
    ...placementOperations(service),
    ...berthHealth(service, view.isStopping),
    ...(view.metrics === null ? [] : [berthMetrics(view.metrics)]),
  ];
  return [...operations, berthOpenApi(operations)];
}
