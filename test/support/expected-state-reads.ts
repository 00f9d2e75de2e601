// Reads: at random, at any microversion; and the full look at everything that follows every step.

import fc from 'fast-check';
import type { ApiRequest } from './expected-state.ts';
import {
  AGGREGATES,
  at,
  CLASSES,
  CONSUMERS,
  PROVIDERS,
  providerAt,
  TRAITS,
  type World,
} from './expected-state-names-pool.ts';
import { anyClass, anyProvider, step } from './expected-state-steps.ts';

const PARTS = ['', '', '/inventories', '/usages', '/allocations', '/aggregates', '/traits'];

export const readProvider = step(
  'read provider',
  fc.record({ provider: anyProvider, part: fc.constantFrom(...PARTS), version: fc.nat(39) }),
  ({ provider, part, version }, world) => ({
    method: 'GET',
    path: `/resource_providers/${providerAt(world, provider)}${part}`,
    version,
  }),
);

export const readInventory = step(
  'read inventory',
  fc.record({ provider: anyProvider, resourceClass: anyClass, version: fc.nat(39) }),
  ({ provider, resourceClass, version }, world) => ({
    method: 'GET',
    path: `/resource_providers/${providerAt(world, provider)}/inventories/${at(world.names.classes, resourceClass)}`,
    version,
  }),
);

export const readConsumer = step(
  'read consumer',
  fc.record({ consumer: fc.nat(CONSUMERS), version: fc.nat(39) }),
  ({ consumer, version }, { names }) => ({
    method: 'GET',
    path: `/allocations/${consumer < CONSUMERS ? at(names.consumers, consumer) : at(names.consumers, 0).toUpperCase()}`,
    version,
  }),
);

export const readUsages = step(
  'read usages',
  fc.record({
    project: fc.nat(1),
    user: fc.option(fc.nat(1)),
    type: fc.option(fc.constantFrom('INSTANCE', 'ALL', 'all', 'unknown', 'OTHER')),
    version: fc.constantFrom(8, 9, 37, 38, 39),
  }),
  ({ project, user, type, version }, { names }) => {
    const query = new URLSearchParams({ project_id: at(names.projects, project) });
    if (user !== null) query.set('user_id', at(names.users, user));
    if (type !== null && version >= 38) query.set('consumer_type', type);
    return { method: 'GET', path: `/usages?${query}`, version };
  },
);

export const search = step(
  'search',
  fc.record({
    kind: fc.constantFrom('name', 'uuid', 'member_of', 'forbidden', 'either', 'required', 'resources', 'candidates'),
    inTree: fc.option(fc.nat(PROVIDERS - 1)),
    index: fc.nat(PROVIDERS - 1),
    amount: fc.integer({ min: 1, max: 5 }),
    version: fc.constantFrom(32, 36, 39),
  }),
  ({ kind, inTree, index, amount, version }, { names, state }) => {
    const query = new URLSearchParams();
    const resources = `${at(names.classes, index % CLASSES)}:${amount}`;
    if (kind === 'name') query.set('name', at(names.providerNames, index));
    if (kind === 'uuid') query.set('uuid', at(names.providers, index));
    if (kind === 'member_of') query.set('member_of', at(names.aggregates, index % AGGREGATES));
    if (kind === 'forbidden') query.set('required', `!${at(names.traits, index % TRAITS)}`);
    if (kind === 'either') query.set('member_of', `in:${names.aggregates.slice(0, 2)}`);
    if (kind === 'required') query.set('required', at(names.traits, index % TRAITS));
    if (kind === 'resources') query.set('resources', resources);
    const tree = at(names.providers, inTree ?? index);
    if (kind === 'candidates') {
      query.set('resources', resources);
      query.set('in_tree', tree);
      return { method: 'GET', path: `/allocation_candidates?${query}`, version: 39 };
    }
    // With an unknown tree it is open whether other names are looked at (http-api §4.2).
    if (inTree !== null && state.providers.has(tree)) query.set('in_tree', tree);
    return { method: 'GET', path: `/resource_providers?${query}`, version };
  },
);

export const listNames = step(
  'list names',
  fc.record({
    kind: fc.constantFrom('classes', 'traits', 'associated', 'not associated'),
    version: fc.constantFrom(1, 2, 5, 6, 39),
  }),
  ({ kind, version }, { names }) => {
    if (kind === 'classes') return { method: 'GET', path: '/resource_classes', version };
    const query = new URLSearchParams({ name: `startswith:${names.prefix}` });
    if (kind !== 'traits') query.set('associated', String(kind === 'associated'));
    return { method: 'GET', path: `/traits?${query}`, version };
  },
);

/** Reads that show all there is: of every provider, consumer, project, class and trait. */
export function everything({ names, state }: World, resourceClass: string): readonly ApiRequest[] {
  const paths: string[] = [];
  for (const uuid of names.providers) {
    if (!state.providers.has(uuid)) {
      paths.push(`/resource_providers/${uuid}`);
      continue;
    }
    const parts = ['', '/inventories', '/usages', '/allocations', '/aggregates', '/traits'];
    paths.push(...parts.map((part) => `/resource_providers/${uuid}${part}`));
    if (state.providers.get(uuid)?.parent !== null) continue;
    paths.push(`/resource_providers?in_tree=${uuid}`);
    if (state.classes.includes(resourceClass)) {
      paths.push(`/allocation_candidates?resources=${resourceClass}:1&in_tree=${uuid}`);
    }
  }
  const [consumer = '', ...others] = names.consumers;
  for (const uuid of [consumer, consumer.toUpperCase(), ...others]) paths.push(`/allocations/${uuid}`);
  for (const project of names.projects) paths.push(`/usages?project_id=${project}`);
  for (const name of names.classes) paths.push(`/resource_classes/${name}`);
  paths.push(`/traits?name=startswith:${names.prefix}`);
  return paths.map((path) => ({ method: 'GET', path, version: 39 }));
}
