// Every operation of the Placement API but `GET /`, which is the server's own (http-api §1.2), and those that are Berth's.

import type { Service } from '../../operations/service.ts';
import type { Operation } from '../operation.ts';
import { aggregates } from './aggregates.ts';
import { allocationCandidates } from './allocation-candidates.ts';
import { allocations } from './allocations.ts';
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

/** The operations of the Placement API, and Berth's own under `/berth`. */
export function allOperations(service: Service): readonly Operation[] {
  const placement = placementOperations(service);
  return [...placement, berthOpenApi(placement)];
}
