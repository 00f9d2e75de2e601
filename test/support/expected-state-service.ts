// The expected service: a request in, the reply that http-api promises out. A refused request changes nothing.

import { type ApiRequest, type ExpectedReply, emptyState, providerOf, Refused, type State } from './expected-state.ts';
import {
  deleteAllocations,
  postAllocations,
  putAllocations,
  showAllocations,
  showProviderAllocations,
  showUsages,
} from './expected-state-allocations.ts';
import {
  deleteInventories,
  deleteInventory,
  postInventory,
  putInventories,
  putInventory,
  showInventories,
  showInventory,
  showProviderUsages,
} from './expected-state-inventories.ts';
import {
  deleteClass,
  deleteTrait,
  getClass,
  getTrait,
  listClasses,
  listTraits,
  postClass,
  putClass,
  putTrait,
  since,
} from './expected-state-names.ts';
import {
  clearTraits,
  createProvider,
  deleteProvider,
  putAggregates,
  putTraits,
  showAggregates,
  showProvider,
  showTraits,
  updateProvider,
} from './expected-state-providers.ts';
import { reshape } from './expected-state-reshaper.ts';
import { listCandidates, listProviders } from './expected-state-searches.ts';

export class ExpectedService {
  state: State = emptyState();

  reply(request: ApiRequest): ExpectedReply {
    const before = request.method === 'GET' ? this.state : structuredClone(this.state);
    try {
      return answer(this.state, request);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      this.state = before;
      return { status: thrown.status, error: thrown.error };
    }
  }
}

function answer(state: State, request: ApiRequest): ExpectedReply {
  const { method, version } = request;
  const [path = '', search = ''] = request.path.split('?');
  const query = new URLSearchParams(search);
  const [, kind = '', key, part, name] = path.split('/');
  if (kind === 'resource_providers' && key !== undefined) return answerOne(state, request, key, part, name);
  switch (`${method} ${kind}${key === undefined ? '' : '/*'}`) {
    case 'GET resource_providers':
      return listProviders(state, query, version);
    case 'POST resource_providers':
      return createProvider(state, request);
    case 'GET resource_classes':
      since(2, request);
      return listClasses(state);
    case 'POST resource_classes':
      since(2, request);
      return postClass(state, request);
    case 'GET resource_classes/*':
      since(2, request);
      return getClass(state, key ?? '');
    case 'PUT resource_classes/*':
      since(2, request);
      return putClass(state, request, key ?? '');
    case 'DELETE resource_classes/*':
      since(2, request);
      return deleteClass(state, key ?? '');
    case 'GET traits':
      since(6, request);
      return listTraits(state, query);
    case 'GET traits/*':
      since(6, request);
      return getTrait(state, key ?? '');
    case 'PUT traits/*':
      since(6, request);
      return putTrait(state, key ?? '');
    case 'DELETE traits/*':
      since(6, request);
      return deleteTrait(state, key ?? '');
    case 'POST allocations':
      since(13, request);
      return postAllocations(state, request);
    case 'GET allocations/*':
      return showAllocations(state, key ?? '', version);
    case 'PUT allocations/*':
      return putAllocations(state, request, key ?? '');
    case 'DELETE allocations/*':
      return deleteAllocations(state, key ?? '');
    case 'GET usages':
      since(9, request);
      return showUsages(state, query, version);
    case 'GET allocation_candidates':
      return listCandidates(state, query);
    case 'POST reshaper':
      since(30, request);
      return reshape(state, request);
    default:
      throw new Error(`nothing is expected of ${method} ${request.path}`);
  }
}

function answerOne(
  state: State,
  request: ApiRequest,
  uuid: string,
  part: string | undefined,
  name: string | undefined,
): ExpectedReply {
  const { method, version } = request;
  switch (`${method}${part === undefined ? '' : ` ${part}`}${name === undefined ? '' : '/*'}`) {
    case 'GET':
      return { status: 200, body: showProvider(state, providerOf(state, uuid), version) };
    case 'PUT':
      return updateProvider(state, request, uuid);
    case 'DELETE':
      return deleteProvider(state, uuid);
    case 'GET inventories':
      return showInventories(state, uuid);
    case 'POST inventories':
      return postInventory(state, request, uuid);
    case 'PUT inventories':
      return putInventories(state, request, uuid);
    case 'DELETE inventories':
      return deleteInventories(state, uuid, version);
    case 'GET inventories/*':
      return showInventory(state, uuid, name ?? '');
    case 'PUT inventories/*':
      return putInventory(state, request, uuid, name ?? '');
    case 'DELETE inventories/*':
      return deleteInventory(state, uuid, name ?? '');
    case 'GET usages':
      return showProviderUsages(state, uuid);
    case 'GET allocations':
      return showProviderAllocations(state, uuid, version);
    case 'GET aggregates':
      since(1, request);
      return showAggregates(state, uuid, version);
    case 'PUT aggregates':
      since(1, request);
      return putAggregates(state, request, uuid);
    case 'GET traits':
      since(6, request);
      return showTraits(state, uuid);
    case 'PUT traits':
      since(6, request);
      return putTraits(state, request, uuid);
    case 'DELETE traits':
      since(6, request);
      return clearTraits(state, uuid);
    default:
      throw new Error(`nothing is expected of ${method} ${request.path}`);
  }
}
