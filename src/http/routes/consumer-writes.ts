// From the bodies of allocation writes to what the operations take (http-api §9.2–§9.4). What a microversion does not
// have is absent from its bodies, so absence alone decides: no owner below 1.8, no generation check below 1.28, the
// consumer type left alone below 1.38.

import type { AllocationWrite, ConsumerWrite } from '../../domain/consumer.ts';
import { type ConsumerUuid, consumerUuid, providerUuid } from '../../domain/ids.ts';
import type {
  AllocationListBody,
  ConsumerAllocationsBody,
  ConsumersBody,
  ResourcesBody,
} from '../schemas/allocations.ts';

/** One consumer's write in list form. Of two items for one provider the later replaces the earlier (http-api §9.2). */
export function listFormWrite(consumer: ConsumerUuid, body: AllocationListBody): ConsumerWrite {
  const byProvider = new Map<string, ResourcesBody>();
  for (const item of body.allocations) byProvider.set(item.resource_provider.uuid, item.resources);
  return {
    consumerUuid: consumer,
    allocations: [...byProvider].map(([uuid, resources]) => allocationWrite(uuid, resources)),
    owner: ownerOf(body),
    generation: 'unchecked',
    consumerType: undefined,
  };
}

/** One consumer's write in object form. */
export function consumerWrite(consumer: ConsumerUuid, body: ConsumerAllocationsBody): ConsumerWrite {
  return {
    consumerUuid: consumer,
    allocations: Object.entries(body.allocations).map(([uuid, { resources }]) => allocationWrite(uuid, resources)),
    owner: ownerOf(body),
    generation: body.consumer_generation === undefined ? 'unchecked' : body.consumer_generation,
    consumerType: body.consumer_type,
  };
}

/** The writes of several consumers, in the order of the body; keys are taken verbatim. */
export function consumerWrites(body: ConsumersBody): readonly ConsumerWrite[] {
  return Object.entries(body).map(([uuid, part]) => consumerWrite(consumerUuid(uuid), part));
}

function allocationWrite(uuid: string, resources: ResourcesBody): AllocationWrite {
  return {
    providerUuid: providerUuid(uuid),
    resources: Object.entries(resources).map(([resourceClass, amount]) => ({ resourceClass, amount })),
  };
}

function ownerOf(body: { readonly project_id?: string; readonly user_id?: string }): ConsumerWrite['owner'] {
  const { project_id: project, user_id: user } = body;
  return project === undefined || user === undefined ? null : { project, user };
}
