// /resource_classes and /resource_classes/{name} (http-api §8). PUT is two operations: rename at 1.2–1.6, create-or-check
// without a body from 1.7.

import type { ResourceClass } from '../../domain/resource-class.ts';
import {
  createResourceClass,
  deleteResourceClass,
  ensureResourceClass,
  getResourceClass,
  listResourceClasses,
  renameResourceClass,
} from '../../operations/resource-classes.ts';
import type { Service } from '../../operations/service.ts';
import * as contracts from '../openapi/contracts/resource-classes.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { resourceClassBody } from '../schemas/resource-classes.ts';
import { resourceClassPath } from './hrefs.ts';
import { knownOrNow, newest } from './last-modified.ts';

const COLLECTION = '/resource_classes';
const ONE = '/resource_classes/{name}';
const SINCE = 2;
const RENAME_UNTIL = 6;
const ENSURE_SINCE = 7;

/** Operations of `/resource_classes` and `/resource_classes/{name}`, from 1.2. */
export function resourceClasses(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: COLLECTION,
      since: SINCE,
      guards: ['version', 'accept'],
      rule: 'placement:resource_classes:list',
      contract: contracts.listResourceClasses,
      answer: (request) => list(service, request),
    },
    {
      method: 'POST',
      path: COLLECTION,
      since: SINCE,
      guards: ['version', 'content'],
      rule: 'placement:resource_classes:create',
      contract: contracts.createResourceClass,
      answer: async (request) => {
        const { name } = await createResourceClass(service, resourceClassBody(request.json()).name);
        return { status: 201, location: resourceClassPath(name) };
      },
    },
    {
      method: 'GET',
      path: ONE,
      since: SINCE,
      guards: ['version', 'accept'],
      rule: 'placement:resource_classes:show',
      contract: contracts.showResourceClass,
      answer: (request) => show(service, request),
    },
    {
      method: 'PUT',
      path: ONE,
      since: SINCE,
      until: RENAME_UNTIL,
      guards: ['version', 'content'],
      rule: 'placement:resource_classes:update',
      contract: contracts.renameResourceClass,
      answer: (request) => rename(service, request),
    },
    {
      method: 'PUT',
      path: ONE,
      since: ENSURE_SINCE,
      guards: ['version'],
      rule: 'placement:resource_classes:update',
      contract: contracts.ensureResourceClass,
      answer: (request) => ensure(service, request),
    },
    {
      method: 'DELETE',
      path: ONE,
      since: SINCE,
      guards: ['version'],
      rule: 'placement:resource_classes:delete',
      contract: contracts.deleteResourceClass,
      answer: async (request) => {
        await deleteResourceClass(service, request.parameter('name'));
        return { status: 204 };
      },
    },
  ];
}

async function list(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const found = await listResourceClasses(service);
  return {
    status: 200,
    body: { resource_classes: found.map((resourceClass) => representation(resourceClass, request.linkPrefix)) },
    lastModified: newest(found.map(({ modifiedAt }) => modifiedAt)),
  };
}

async function show(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const found = await getResourceClass(service, request.parameter('name'));
  return {
    status: 200,
    body: representation(found, request.linkPrefix),
    lastModified: knownOrNow(found.modifiedAt),
  };
}

async function rename(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const newName = resourceClassBody(request.json()).name;
  const renamed = await renameResourceClass(service, request.parameter('name'), newName);
  return { status: 200, body: representation(renamed, request.linkPrefix) };
}

async function ensure(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const { name } = resourceClassBody({ name: request.parameter('name') });
  const { created } = await ensureResourceClass(service, name);
  return { status: created ? 201 : 204, location: resourceClassPath(name) };
}

function representation({ name }: ResourceClass, linkPrefix: string): object {
  return { name, links: [{ rel: 'self', href: linkPrefix + resourceClassPath(name) }] };
}
