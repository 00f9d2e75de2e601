// /resource_providers/{uuid}/inventories and …/inventories/{resource_class} (http-api §5).

import { type ProviderUuid, providerUuid } from '../../domain/ids.ts';
import {
  createInventory,
  deleteInventories,
  deleteInventory,
  getInventories,
  getInventory,
  replaceInventories,
  updateInventory,
} from '../../operations/inventories.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/inventories.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { createInventoryBody, replaceInventoriesBody, updateInventoryBody } from '../schemas/inventories.ts';
import { inventoryPath } from './hrefs.ts';
import { capacityRule, inventoriesText, inventoryText, inventoryValue, inventoryValues } from './inventory-values.ts';
import { knownOrNow, newest } from './last-modified.ts';
import { bodyAfterProvider } from './provider-body.ts';

const ALL = '/resource_providers/{uuid}/inventories';
const ONE = '/resource_providers/{uuid}/inventories/{resource_class}';

/** Operations of `/resource_providers/{uuid}/inventories` and of one inventory below it. */
export function inventories(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: ALL,
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:inventories:list',
      contract: contracts.listInventories,
      answer: (request) => showAll(service, request),
    },
    {
      method: 'POST',
      path: ALL,
      since: 0,
      guards: ['content'],
      rule: 'placement:resource_providers:inventories:create',
      contract: contracts.createInventory,
      answer: (request) => create(service, request),
    },
    {
      method: 'PUT',
      path: ALL,
      since: 0,
      guards: ['content'],
      rule: 'placement:resource_providers:inventories:update',
      contract: contracts.replaceInventories,
      answer: (request) => replaceAll(service, request),
    },
    {
      method: 'DELETE',
      path: ALL,
      since: 5,
      guards: ['version'],
      tooOld: 405,
      rule: 'placement:resource_providers:inventories:delete',
      contract: contracts.deleteInventories,
      answer: async (request) => {
        await deleteInventories(service, addressed(request));
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      path: ONE,
      since: 0,
      guards: ['accept'],
      rule: 'placement:resource_providers:inventories:show',
      contract: contracts.showInventory,
      answer: (request) => showOne(service, request),
    },
    {
      method: 'PUT',
      path: ONE,
      since: 0,
      guards: ['content'],
      rule: 'placement:resource_providers:inventories:update',
      contract: contracts.updateInventory,
      answer: (request) => updateOne(service, request),
    },
    {
      method: 'DELETE',
      path: ONE,
      since: 0,
      guards: [],
      rule: 'placement:resource_providers:inventories:delete',
      contract: contracts.deleteInventory,
      answer: async (request) => {
        await deleteInventory(service, addressed(request), request.parameter('resource_class'));
        return { status: 204 };
      },
    },
  ];
}

async function showAll(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const found = await getInventories(service, addressed(request));
  return {
    status: 200,
    body: inventoriesText(found.inventories, found.generation),
    lastModified: newest(found.inventories.map(({ modifiedAt }) => modifiedAt)),
  };
}

async function create(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const uuid = addressed(request);
  const body = await bodyAfterProvider(service, uuid, () => createInventoryBody(request.json()));
  const { generation, inventory } = await createInventory(service, uuid, {
    resourceClass: body.resource_class,
    inventory: inventoryValue(body),
    capacityRule: capacityRule(request.version),
  });
  return {
    status: 201,
    body: inventoryText(inventory, generation),
    location: inventoryPath(uuid, body.resource_class),
    lastModified: new Date(),
  };
}

async function replaceAll(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const uuid = addressed(request);
  const body = await bodyAfterProvider(service, uuid, () => replaceInventoriesBody(request.json()));
  const replaced = await replaceInventories(service, uuid, {
    generation: body.resource_provider_generation,
    inventories: inventoryValues(body),
    capacityRule: capacityRule(request.version),
  });
  return {
    status: 200,
    body: inventoriesText(replaced.inventories, replaced.generation),
    lastModified: new Date(),
  };
}

async function showOne(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const { generation, inventory } = await getInventory(
    service,
    addressed(request),
    request.parameter('resource_class'),
  );
  return {
    status: 200,
    body: inventoryText(inventory, generation),
    lastModified: knownOrNow(inventory.modifiedAt),
  };
}

async function updateOne(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const uuid = addressed(request);
  const body = await bodyAfterProvider(service, uuid, () => updateInventoryBody(request.json()));
  const { generation, inventory } = await updateInventory(service, uuid, {
    generation: body.resource_provider_generation,
    resourceClass: request.parameter('resource_class'),
    inventory: inventoryValue(body),
    capacityRule: capacityRule(request.version),
  });
  return { status: 200, body: inventoryText(inventory, generation), lastModified: new Date() };
}

function addressed(request: OperationRequest): ProviderUuid {
  return providerUuid(request.parameter('uuid'));
}
