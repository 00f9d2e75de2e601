// /resource_providers and /resource_providers/{uuid} (http-api §4).

import { randomUUID } from 'node:crypto';
import { parseProviderFilters } from '../../candidates/parse-provider-filters.ts';
import { canonicalUuid, type ProviderUuid, providerUuid } from '../../domain/ids.ts';
import type { ModelReader, ProviderNumber } from '../../model/reader.ts';
import { listProviders } from '../../operations/list-providers.ts';
import { modifiedAt, readProvider } from '../../operations/read-provider.ts';
import { createProvider, deleteProvider, updateProvider } from '../../operations/resource-providers.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/resource-providers.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { validateProviderListParameters } from '../schemas/query-schemas.ts';
import { createProviderBody, updateProviderBody } from '../schemas/resource-providers.ts';
import { providerPath } from './hrefs.ts';
import { knownOrNow, newest } from './last-modified.ts';
import { bodyAfterProvider } from './provider-body.ts';
import { type ProviderView, providerListText, providerText, providerView } from './provider-representation.ts';

/** From here on POST answers with the new provider. */
const CREATE_ANSWERS_SINCE = 20;
/** From here on a parent may be changed and taken away. */
const REPARENTING_SINCE = 37;

const COLLECTION = '/resource_providers';
const ONE = '/resource_providers/{uuid}';

/** Operations of `/resource_providers` and `/resource_providers/{uuid}`. */
export function resourceProviders(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: COLLECTION,
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:list',
      contract: contracts.listResourceProviders,
      answer: (request) => list(service, request),
    },
    {
      method: 'POST',
      path: COLLECTION,
      since: 0,
      guards: ['content'],
      rule: 'placement:resource_providers:create',
      contract: contracts.createResourceProvider,
      answer: (request) => create(service, request),
    },
    {
      method: 'GET',
      path: ONE,
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:show',
      contract: contracts.showResourceProvider,
      answer: (request) => show(service, request),
    },
    {
      method: 'PUT',
      path: ONE,
      since: 0,
      guards: ['content'],
      rule: 'placement:resource_providers:update',
      contract: contracts.updateResourceProvider,
      answer: (request) => update(service, request),
    },
    {
      method: 'DELETE',
      path: ONE,
      since: 0,
      guards: [],
      rule: 'placement:resource_providers:delete',
      contract: contracts.deleteResourceProvider,
      answer: async (request) => {
        await deleteProvider(service, addressed(request));
        return { status: 204 };
      },
    },
  ];
}

async function list(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const parameters = request.query();
  validateProviderListParameters(parameters, request.version);
  const filters = parseProviderFilters(parameters, request.version);
  return listProviders(service, filters, (model, providers) => ({
    status: 200,
    body: providerListText(model, providers, request.version, request.linkPrefix),
    lastModified: newest(modificationTimes(model, providers)),
  }));
}

function show(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  return readProvider(service, addressed(request), (model, provider) =>
    shown({ ...providerView(model, provider), modifiedAt: modifiedAt(model, provider) }, request),
  );
}

async function create(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const body = createProviderBody(request.version)(request.json());
  const provider = await createProvider(service, {
    uuid: newProviderUuid(body.uuid),
    name: body.name,
    parentUuid: parentOf(body.parent_provider_uuid) ?? null,
  });
  const location = providerPath(provider.uuid);
  if (request.version < CREATE_ANSWERS_SINCE) return { status: 201, location };
  return { ...shown(provider, request), location };
}

async function update(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const uuid = addressed(request);
  const body = await bodyAfterProvider(service, uuid, () => updateProviderBody(request.version)(request.json()));
  const provider = await updateProvider(service, uuid, {
    name: body.name,
    parentUuid: parentOf(body.parent_provider_uuid),
    reparenting: request.version >= REPARENTING_SINCE,
  });
  return shown(provider, request);
}

function shown(
  provider: ProviderView & { readonly modifiedAt: Date | null },
  request: OperationRequest,
): OperationAnswer {
  return {
    status: 200,
    body: providerText(provider, request.version, request.linkPrefix),
    lastModified: knownOrNow(provider.modifiedAt),
  };
}

function addressed(request: OperationRequest): ProviderUuid {
  return providerUuid(request.parameter('uuid'));
}

/** The only place where a provider's UUID is made canonical (http-api §2.1); a new one when the client sent none. */
export function newProviderUuid(sent: string | undefined): ProviderUuid {
  return providerUuid((sent === undefined ? undefined : canonicalUuid(sent)) ?? randomUUID());
}

/** A parent is compared verbatim; undefined (absent) and null (none) keep their meanings. */
function parentOf(sent: string | null | undefined): ProviderUuid | null | undefined {
  return typeof sent === 'string' ? providerUuid(sent) : sent;
}

function* modificationTimes(model: ModelReader, providers: readonly ProviderNumber[]): Iterable<Date | null> {
  for (const provider of providers) yield modifiedAt(model, provider);
}
