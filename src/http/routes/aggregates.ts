// /resource_providers/{uuid}/aggregates (http-api §6). The guards come before the microversion here, unlike elsewhere.

import { aggregateUuid, providerUuid } from '../../domain/ids.ts';
import type { Microversion } from '../../domain/microversion.ts';
import { getAggregates, replaceAggregates } from '../../operations/aggregates.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/aggregates.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import {
  AGGREGATES_GENERATION_SINCE,
  type AggregateListBody,
  aggregateListBody,
  aggregatesBody,
} from '../schemas/aggregates.ts';
import { bodyAfterProvider } from './provider-body.ts';

const PATH = '/resource_providers/{uuid}/aggregates';

/** Operations of `/resource_providers/{uuid}/aggregates`, from 1.1. */
export function aggregates(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: PATH,
      since: 1,
      guards: ['accept', 'version'],
      rule: 'placement:resource_providers:aggregates:list',
      contract: contracts.listAggregates,
      answer: (request) => show(service, request),
    },
    {
      method: 'PUT',
      path: PATH,
      since: 1,
      guards: ['content', 'version'],
      rule: 'placement:resource_providers:aggregates:update',
      contract: contracts.replaceAggregates,
      answer: (request) => replace(service, request),
    },
  ];
}

async function show(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const found = await getAggregates(service, providerUuid(request.parameter('uuid')));
  return shown(found.aggregates, found.generation, request.version);
}

async function replace(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const uuid = providerUuid(request.parameter('uuid'));
  const wanted = await bodyAfterProvider(service, uuid, () => wantedAggregates(request.json(), request.version));
  const { generation } = await replaceAggregates(service, uuid, {
    aggregates: wanted.aggregates.map(aggregateUuid),
    generation: wanted.generation,
  });
  // The order of the request is part of the answer (http-api §6.2); what is stored has none.
  return shown(wanted.aggregates, generation, request.version);
}

/** What the body asks for; the generation is null below 1.19, where none is checked. Throws 400. */
export function wantedAggregates(
  json: unknown,
  version: Microversion,
): { readonly aggregates: AggregateListBody; readonly generation: number | null } {
  if (version < AGGREGATES_GENERATION_SINCE) return { aggregates: aggregateListBody(json), generation: null };
  const body = aggregatesBody(json);
  return { aggregates: body.aggregates, generation: body.resource_provider_generation };
}

function shown(listed: readonly string[], generation: number, version: Microversion): OperationAnswer {
  const shownGeneration = version >= AGGREGATES_GENERATION_SINCE ? { resource_provider_generation: generation } : {};
  return { status: 200, body: { aggregates: listed, ...shownGeneration }, lastModified: new Date() };
}
