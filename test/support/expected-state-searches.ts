// The searches in their simplest forms: provider lists (http-api §4.2) and, for the kept model's sake, candidates of one
// resource in one tree without sharing (allocation-candidates §1–§4).

import type { Json } from './client.ts';
import {
  type ExpectedReply,
  type InventoryRecord,
  inOrderOf,
  type Minor,
  type Provider,
  refused,
  rootOf,
  type State,
  usedOf,
} from './expected-state.ts';
import { exactCapacity } from './expected-state-inventories.ts';
import { showProvider } from './expected-state-providers.ts';

/** One value of each filter at most; providers by uuid, since their order is open. */
export function listProviders(state: State, query: URLSearchParams, version: Minor): ExpectedReply {
  let found = [...state.providers.values()];
  const name = query.get('name');
  if (name !== null) found = found.filter((provider) => provider.name === name);
  const uuid = query.get('uuid');
  if (uuid !== null) found = found.filter((provider) => provider.uuid === uuid);
  const inTree = query.get('in_tree');
  if (inTree !== null) found = found.filter((provider) => rootOf(state, provider) === treeOf(state, inTree));
  const required = query.get('required');
  if (required !== null) {
    checkTraits(state, required);
    found = found.filter((provider) => passes(required, (trait) => provider.traits.has(trait)));
  }
  const memberOf = query.get('member_of');
  if (memberOf !== null) found = found.filter((provider) => passes(memberOf, (one) => provider.aggregates.has(one)));
  const resources = query.get('resources');
  if (resources !== null) {
    const [resourceClass, amount] = wantedOf(state, resources);
    found = found.filter((provider) => fits(state, provider, resourceClass, amount));
  }
  found.sort((one, other) => (one.uuid < other.uuid ? -1 : 1));
  return {
    status: 200,
    body: { resource_providers: found.map((provider) => showProvider(state, provider, version)) },
  };
}

/** `?resources=CLASS:AMOUNT&in_tree=UUID` at 1.34 or later; requests sorted by their provider. */
export function listCandidates(state: State, query: URLSearchParams): ExpectedReply {
  const [resourceClass, amount] = wantedOf(state, query.get('resources') ?? '');
  const root = treeOf(state, query.get('in_tree') ?? '');
  const tree = [...state.providers.values()].filter((provider) => rootOf(state, provider) === root);
  const serving = tree.filter((provider) => fits(state, provider, resourceClass, amount)).map(({ uuid }) => uuid);
  const requests = serving.sort().map((uuid) => ({
    allocations: { [uuid]: { resources: { [resourceClass]: amount } } },
    mappings: { '': [uuid] },
  }));
  const summaries = serving.length === 0 ? [] : tree.map((provider) => [provider.uuid, summaryOf(state, provider)]);
  return {
    status: 200,
    body: { allocation_requests: requests, provider_summaries: Object.fromEntries(summaries) },
  };
}

function summaryOf(state: State, provider: Provider): Json {
  const resources = [...provider.inventories].map(([name, record]) => [
    name,
    { capacity: capacityOf(record), used: usedOf(state, provider.uuid, name) },
  ]);
  return {
    resources: Object.fromEntries(resources),
    traits: inOrderOf(state.traits, provider.traits),
    parent_provider_uuid: provider.parent,
    root_provider_uuid: rootOf(state, provider),
  };
}

function treeOf(state: State, uuid: string): string | null {
  const provider = state.providers.get(uuid);
  return provider === undefined ? null : rootOf(state, provider);
}

function wantedOf(state: State, text: string): readonly [resourceClass: string, amount: number] {
  const [resourceClass = '', amount] = text.split(':');
  if (!state.classes.includes(resourceClass)) throw refused(400, 'Invalid resource class in resources parameter');
  return [resourceClass, Number(amount)];
}

function fits(state: State, provider: Provider, resourceClass: string, amount: number): boolean {
  const record = provider.inventories.get(resourceClass);
  if (record === undefined) return false;
  const units = amount >= record.min_unit && amount <= record.max_unit && amount % record.step_size === 0;
  return units && usedOf(state, provider.uuid, resourceClass) + amount <= exactCapacity(record);
}

/** Truncated towards zero, which is 0 and never -0. */
function capacityOf(record: InventoryRecord): number {
  return Math.trunc(exactCapacity(record)) + 0;
}

/** `X`, `!X`, `in:X,Y` or `!in:X,Y` (§2.7, §2.8). */
function passes(text: string, has: (name: string) => boolean): boolean {
  const isForbidden = text.startsWith('!');
  const names = namesIn(text);
  return names.some(has) !== isForbidden;
}

function namesIn(text: string): readonly string[] {
  return text.replace(/^!?(in:)?/, '').split(',');
}

function checkTraits(state: State, text: string): void {
  if (namesIn(text).some((name) => !state.traits.includes(name))) throw refused(400, 'No such trait(s): ');
}
