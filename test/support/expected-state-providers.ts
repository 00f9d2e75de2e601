// Resource providers, their aggregates and their traits as http-api §4, §6 and §7.5–7.7 describe them.

import type { Json } from './client.ts';
import {
  type ApiRequest,
  CONCURRENT_UPDATE,
  canonical,
  type ExpectedReply,
  hasMembers,
  inOrderOf,
  invalid,
  type Minor,
  type Provider,
  providerOf,
  Refused,
  refused,
  rootOf,
  type State,
  subtreeOf,
  usedOf,
} from './expected-state.ts';

const DUPLICATE = 'placement.duplicate_name';
const GENERATION_CHANGED =
  "Resource provider's generation already changed. Please update the generation and try again.";
const LINKS: readonly (readonly [rel: string, suffix: string, since: Minor])[] = [
  ['self', '', 0],
  ['inventories', '/inventories', 0],
  ['usages', '/usages', 0],
  ['aggregates', '/aggregates', 1],
  ['traits', '/traits', 6],
  ['allocations', '/allocations', 11],
];

/** §4.1 */
export function showProvider(state: State, provider: Provider, version: Minor): Json {
  const { uuid, name, generation } = provider;
  const links = LINKS.filter(([, , since]) => version >= since).map(([rel, suffix]) => ({
    rel,
    href: `/resource_providers/${uuid}${suffix}`,
  }));
  if (version < 14) return { uuid, name, generation, links };
  return {
    uuid,
    name,
    generation,
    links,
    parent_provider_uuid: provider.parent,
    root_provider_uuid: rootOf(state, provider),
  };
}

/** §4.3 */
export function createProvider(state: State, { version, body }: ApiRequest): ExpectedReply {
  if (!hasMembers(body, ['name', 'uuid'], version >= 14 ? ['parent_provider_uuid'] : [])) throw invalid();
  const { name, parent_provider_uuid: parent = null } = body;
  const uuid = canonical(body.uuid);
  if (uuid === undefined || (parent !== null && canonical(parent) === undefined)) throw invalid();
  const refuse = (reason: string) =>
    new Refused(
      400,
      [`Unable to create resource provider "${name}", ${uuid}:`, reason],
      'placement.undefined_code',
      [],
    );
  if (name === '') throw refuse('');
  if (parent === uuid) throw refuse('parent provider UUID cannot be same as UUID');
  if (parent !== null && !state.providers.has(parent)) throw refuse('parent provider UUID does not exist');
  const uuidTaken = state.providers.has(uuid);
  const nameTaken = [...state.providers.values()].some((other) => other.name === name);
  if (uuidTaken && nameTaken) throw refused(409, 'Conflicting resource provider', DUPLICATE);
  if (uuidTaken) throw refused(409, `Conflicting resource provider uuid: ${uuid} already exists`, DUPLICATE);
  if (nameTaken) throw refused(409, `Conflicting resource provider name: ${name} already exists`, DUPLICATE);
  const provider: Provider = {
    uuid,
    name,
    generation: 0,
    parent,
    inventories: new Map(),
    traits: new Set(),
    aggregates: new Set(),
  };
  state.providers.set(uuid, provider);
  return version < 20 ? { status: 201 } : { status: 200, body: showProvider(state, provider, version) };
}

/** §4.5 */
export function updateProvider(state: State, { version, body }: ApiRequest, uuid: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (!hasMembers(body, ['name'], version >= 14 ? ['parent_provider_uuid'] : [])) throw invalid();
  const { name, parent_provider_uuid: requested } = body;
  if (requested !== undefined) {
    if (requested !== null && canonical(requested) === undefined) throw invalid();
    checkParent(state, provider, requested, version);
  }
  const nameTaken = [...state.providers.values()].some((other) => other !== provider && other.name === name);
  if (nameTaken) throw refused(409, 'Conflicting resource provider', DUPLICATE);
  provider.name = name;
  if (requested !== undefined) provider.parent = requested;
  return { status: 200, body: showProvider(state, provider, version) };
}

/** The table of §4.5. */
function checkParent(state: State, provider: Provider, requested: string | null, version: Minor): void {
  const current = provider.parent;
  if (requested === null) {
    if (current !== null && version < 37) throw refused(400, 'un-parenting a provider is not currently allowed');
    return;
  }
  if (!state.providers.has(requested)) throw refused(400, 'parent provider UUID does not exist');
  if (requested === current) return;
  if (current !== null && version < 37) throw refused(400, 're-parenting a provider is not currently allowed');
  if (subtreeOf(state, provider.uuid).has(requested)) {
    throw refused(400, 'creating loop in the provider tree is not allowed.');
  }
}

/** §4.6 */
export function deleteProvider(state: State, uuid: string): ExpectedReply {
  const provider = state.providers.get(uuid);
  if (provider === undefined) throw refused(404, `No resource provider with uuid ${uuid} found for delete`);
  if ([...state.providers.values()].some((other) => other.parent === uuid)) {
    throw refused(
      409,
      `Unable to delete parent resource provider ${uuid}: It has child resource providers.`,
      'placement.resource_provider.cannot_delete_parent',
    );
  }
  if ([...provider.inventories.keys()].some((resourceClass) => usedOf(state, uuid, resourceClass) > 0)) {
    throw refused(
      409,
      `Unable to delete resource provider ${uuid}: Resource provider has allocations.`,
      'placement.resource_provider.inuse',
    );
  }
  state.providers.delete(uuid);
  return { status: 204 };
}

/** §6.1; the list sorted, since its order is open. */
export function showAggregates(state: State, uuid: string, version: Minor): ExpectedReply {
  const { aggregates, generation } = providerOf(state, uuid);
  return { status: 200, body: aggregatesBody([...aggregates].sort(), generation, version) };
}

/** §6.2 */
export function putAggregates(state: State, { version, body }: ApiRequest, uuid: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (version >= 19 && !hasMembers(body, ['aggregates', 'resource_provider_generation'])) throw invalid();
  const wanted = version >= 19 ? body.aggregates : body;
  if (!Array.isArray(wanted) || new Set(wanted).size < wanted.length) throw invalid();
  if (version >= 19) {
    checkGeneration(provider, body.resource_provider_generation);
    provider.generation += 1;
  }
  provider.aggregates = new Set(wanted);
  return { status: 200, body: aggregatesBody(wanted, provider.generation, version) };
}

function aggregatesBody(aggregates: readonly string[], generation: number, version: Minor): Json {
  return version >= 19 ? { aggregates, resource_provider_generation: generation } : { aggregates };
}

/** §7.5 */
export function showTraits(state: State, uuid: string): ExpectedReply {
  const { traits, generation } = providerOf(state, uuid);
  return { status: 200, body: { traits: inOrderOf(state.traits, traits), resource_provider_generation: generation } };
}

/** §7.6 */
export function putTraits(state: State, { body }: ApiRequest, uuid: string): ExpectedReply {
  if (!hasMembers(body, ['traits', 'resource_provider_generation']) || !Array.isArray(body.traits)) throw invalid();
  const provider = providerOf(state, uuid);
  checkGeneration(provider, body.resource_provider_generation);
  const missing = body.traits.filter((name: string) => !state.traits.includes(name));
  if (missing.length > 0) throw new Refused(400, ['No such trait', ...missing], 'placement.undefined_code', []);
  const wanted: Set<string> = new Set(body.traits);
  const isSame = wanted.size === provider.traits.size && [...wanted].every((name) => provider.traits.has(name));
  if (!isSame) provider.generation += 1;
  provider.traits = wanted;
  return showTraits(state, uuid);
}

/** §7.7 */
export function clearTraits(state: State, uuid: string): ExpectedReply {
  const provider = providerOf(state, uuid);
  if (provider.traits.size > 0) provider.generation += 1;
  provider.traits = new Set();
  return { status: 204 };
}

function checkGeneration(provider: Provider, given: number): void {
  if (given !== provider.generation) throw refused(409, GENERATION_CHANGED, CONCURRENT_UPDATE);
}
