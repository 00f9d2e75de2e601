// /allocations, /allocations/{consumer_uuid} and /resource_providers/{uuid}/allocations (http-api §9, §10).

import type { ConsumerWrite } from '../../domain/consumer.ts';
import { consumerUuidMalformed } from '../../domain/errors/records.ts';
import { type ConsumerUuid, canonicalUuid, consumerUuid, providerUuid } from '../../domain/ids.ts';
import type { Microversion } from '../../domain/microversion.ts';
import { deleteAllocations, getConsumerAllocations } from '../../operations/allocations.ts';
import { KeptProviderAllocations } from '../../operations/provider-allocations.ts';
import type { Service } from '../../operations/service.ts';
import { setAllocations } from '../../operations/set-allocations.ts';
import * as contracts from '../openapi/contracts/allocations.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import {
  ALLOCATIONS_BY_PROVIDER_SINCE,
  allocationListBody,
  consumerAllocationsBody,
  consumersBody,
} from '../schemas/allocations.ts';
import { consumerAllocationsText, providerAllocationsText } from './allocation-texts.ts';
import { consumerWrite, consumerWrites, listFormWrite } from './consumer-writes.ts';
import { knownOrNow } from './last-modified.ts';

const ONE = '/allocations/{consumer_uuid}';

/** Operations of `/allocations` (from 1.13), `/allocations/{consumer_uuid}` and a provider's allocations. */
export function allocations(service: Service): readonly Operation[] {
  const ofProviders = new KeptProviderAllocations();
  return [
    {
      method: 'POST',
      path: '/allocations',
      since: 13,
      guards: ['version', 'content'],
      rule: 'placement:allocations:manage',
      contract: contracts.writeSeveralConsumers,
      answer: async (request) => {
        const writes = consumerWrites(consumersBody(request.version)(request.json()));
        await setAllocations(service, writes, 'several-consumers');
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: ONE,
      since: 0,
      guards: ['accept'],
      rule: 'placement:allocations:list',
      contract: contracts.showAllocations,
      answer: (request) => showConsumer(service, request),
    },
    {
      method: 'PUT',
      path: ONE,
      since: 0,
      guards: ['content'],
      rule: 'placement:allocations:update',
      contract: contracts.writeAllocations,
      answer: async (request) => {
        const consumer = writtenConsumer(request.parameter('consumer_uuid'));
        const write = oneConsumerWrite(consumer, request.json(), request.version);
        await setAllocations(service, [write], 'one-consumer');
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      since: 0,
      guards: [],
      rule: 'placement:allocations:delete',
      contract: contracts.deleteAllocations,
      answer: async (request) => {
        await deleteAllocations(service, addressed(request));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: '/resource_providers/{uuid}/allocations',
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:allocations:list',
      contract: contracts.listProviderAllocations,
      answer: (request) => showProvider(service, ofProviders, request),
    },
  ];
}

async function showConsumer(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const held = await getConsumerAllocations(service, addressed(request));
  return {
    status: 200,
    body: consumerAllocationsText(held, request.version),
    lastModified: knownOrNow(held?.newest ?? null),
  };
}

async function showProvider(
  service: Service,
  ofProviders: KeptProviderAllocations,
  request: OperationRequest,
): Promise<OperationAnswer> {
  const held = await ofProviders.get(service, providerUuid(request.parameter('uuid')));
  return {
    status: 200,
    body: providerAllocationsText(held, request.version),
    lastModified: knownOrNow(held.newest),
  };
}

/** Reading and deleting take the path text exactly as it is, whatever it is (http-api §9.7, §9.8). */
function addressed(request: OperationRequest): ConsumerUuid {
  return consumerUuid(request.parameter('consumer_uuid'));
}

/** Writing wants a lenient UUID and makes it canonical; throws 400 before the body is looked at (http-api §9.4). */
export function writtenConsumer(text: string): ConsumerUuid {
  const canonical = canonicalUuid(text);
  if (canonical === undefined) throw consumerUuidMalformed({ uuid: text });
  return consumerUuid(canonical);
}

/** The write that the body of PUT asks for at the microversion; throws 400. */
export function oneConsumerWrite(consumer: ConsumerUuid, json: unknown, version: Microversion): ConsumerWrite {
  return version < ALLOCATIONS_BY_PROVIDER_SINCE
    ? listFormWrite(consumer, allocationListBody(version)(json))
    : consumerWrite(consumer, consumerAllocationsBody(version)(json));
}
