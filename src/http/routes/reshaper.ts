// /reshaper (http-api §12): inventories of some providers and allocations of some consumers change together.

import type { ConsumerWrite } from '../../domain/consumer.ts';
import { providerUuid } from '../../domain/ids.ts';
import { type InventoryReshape, reshape } from '../../operations/reshape.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/allocations.ts';
import type { Operation } from '../operation.ts';
import { type ReshaperBody, reshaperBody } from '../schemas/reshaper.ts';
import { consumerWrites } from './consumer-writes.ts';
import { inventoryValues } from './inventory-values.ts';

/** Operations of `/reshaper`, from 1.30. */
export function reshaper(service: Service): readonly Operation[] {
  return [
    {
      method: 'POST',
      path: '/reshaper',
      since: 30,
      guards: ['version', 'content'],
      rule: 'placement:reshaper:reshape',
      contract: contracts.reshapeProviders,
      answer: async (request) => {
        await reshape(service, reshapeWrite(reshaperBody(request.version)(request.json())));
        return { status: 204 };
      },
    },
  ];
}

/** What the body asks for, providers and consumers in its order; UUIDs are taken verbatim. */
export function reshapeWrite(body: ReshaperBody): {
  readonly inventories: readonly InventoryReshape[];
  readonly consumers: readonly ConsumerWrite[];
} {
  return {
    inventories: Object.entries(body.inventories).map(([uuid, replacement]) => ({
      providerUuid: providerUuid(uuid),
      generation: replacement.resource_provider_generation,
      inventories: inventoryValues(replacement),
    })),
    consumers: consumerWrites(body.allocations),
  };
}
