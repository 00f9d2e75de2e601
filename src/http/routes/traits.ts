// /traits and /traits/{name} (http-api §7.1–§7.4).

import { parseTraitFilter } from '../../candidates/parse-trait-filter.ts';
import type { Service } from '../../operations/service.ts';
import { deleteTrait, ensureTrait, getTrait, listTraits } from '../../operations/traits.ts';
import * as contracts from '../openapi/contracts/traits.ts';
import type { Operation, OperationAnswer, OperationRequest } from '../operation.ts';
import { validateTraitListParameters } from '../schemas/query-schemas.ts';
import { traitPath } from './hrefs.ts';
import { knownOrNow, newest } from './last-modified.ts';

const COLLECTION = '/traits';
const ONE = '/traits/{name}';
const SINCE = 6;

/** Operations of `/traits` and `/traits/{name}`, from 1.6. */
export function traits(service: Service): readonly Operation[] {
  return [
    {
      method: 'GET',
      path: COLLECTION,
      since: SINCE,
      guards: ['version', 'accept'],
      rule: 'placement:traits:list',
      contract: contracts.listTraits,
      answer: (request) => list(service, request),
    },
    {
      method: 'GET',
      path: ONE,
      since: SINCE,
      guards: ['version'],
      rule: 'placement:traits:show',
      contract: contracts.showTrait,
      answer: async (request) => {
        const trait = await getTrait(service, request.parameter('name'));
        return { status: 204, lastModified: knownOrNow(trait.modifiedAt) };
      },
    },
    {
      method: 'PUT',
      path: ONE,
      since: SINCE,
      guards: ['version'],
      rule: 'placement:traits:update',
      contract: contracts.ensureTrait,
      answer: async (request) => {
        const { created, trait } = await ensureTrait(service, request.parameter('name'));
        return {
          status: created ? 201 : 204,
          location: traitPath(trait.name),
          lastModified: knownOrNow(trait.modifiedAt),
        };
      },
    },
    {
      method: 'DELETE',
      path: ONE,
      since: SINCE,
      guards: ['version'],
      rule: 'placement:traits:delete',
      contract: contracts.deleteTrait,
      answer: async (request) => {
        await deleteTrait(service, request.parameter('name'));
        return { status: 204 };
      },
    },
  ];
}

async function list(service: Service, request: OperationRequest): Promise<OperationAnswer> {
  const parameters = request.query();
  validateTraitListParameters(parameters);
  const found = await listTraits(service, parseTraitFilter(parameters));
  return {
    status: 200,
    body: { traits: found.map(({ name }) => name) },
    lastModified: newest(found.map(({ modifiedAt }) => modifiedAt)),
  };
}
