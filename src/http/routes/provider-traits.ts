// /resource_providers/{uuid}/traits (http-api §7.5–§7.7). The body is checked before the provider here, unlike elsewhere.

import { providerUuid } from '../../domain/ids.ts';
import {
  clearProviderTraits,
  getProviderTraits,
  type ProviderTraits,
  replaceProviderTraits,
} from '../../operations/provider-traits.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/traits.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { providerTraitsBody } from '../schemas/provider-traits.ts';
import { knownOrNow } from './last-modified.ts';

const PATH = '/resource_providers/{uuid}/traits';
const SINCE = 6;

/** Operations of `/resource_providers/{uuid}/traits`, from 1.6. */
export function providerTraits(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: PATH,
      since: SINCE,
      guards: ['version', 'accept'],
      rule: 'placement:resource_providers:traits:list',
      contract: contracts.listProviderTraits,
      answer: async (request) => shown(await getProviderTraits(service, providerUuid(request.parameter('uuid')))),
    },
    {
      method: 'PUT',
      path: PATH,
      since: SINCE,
      guards: ['version', 'content'],
      rule: 'placement:resource_providers:traits:update',
      contract: contracts.replaceProviderTraits,
      answer: (request) => replace(service, request),
    },
    {
      method: 'DELETE',
      path: PATH,
      since: SINCE,
      guards: ['version'],
      rule: 'placement:resource_providers:traits:delete',
      contract: contracts.clearProviderTraits,
      answer: async (request) => {
        await clearProviderTraits(service, providerUuid(request.parameter('uuid')));
        return { status: 204 };
      },
    },
  ];
}

async function replace(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const body = providerTraitsBody(request.json());
  const replaced = await replaceProviderTraits(service, providerUuid(request.parameter('uuid')), {
    traits: body.traits,
    generation: body.resource_provider_generation,
  });
  return shown(replaced);
}

function shown({ traits, generation, traitsModifiedAt }: ProviderTraits): OperationAnswer {
  return {
    status: 200,
    body: { traits, resource_provider_generation: generation },
    lastModified: knownOrNow(traitsModifiedAt),
  };
}
