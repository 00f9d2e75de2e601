// Random steps on providers and what belongs to them. A step is made of indices into the pools and of choices; it becomes
// a request when its turn comes, since a right generation is known only then.

import fc from 'fast-check';
import type { Json } from './client.ts';
import { type ApiRequest, type Minor, usedOf } from './expected-state.ts';
import { AGGREGATES, at, CLASSES, PROVIDERS, providerAt, TRAITS, type World } from './expected-state-names-pool.ts';

export interface Step {
  readonly name: string;
  /** Printed, so that a failing sequence can be read. */
  readonly choice: unknown;
  request(world: World): ApiRequest;
}

export type StepArbitrary = fc.Arbitrary<Step>;

/** A step of a choice. */
export function step<Choice>(
  name: string,
  choices: fc.Arbitrary<Choice>,
  request: (choice: Choice, world: World) => ApiRequest,
): StepArbitrary {
  return choices.map((choice) => ({ name, choice, request: (world) => request(choice, world) }));
}

export const mostly = <Choice>(usual: fc.Arbitrary<Choice>, rare: fc.Arbitrary<Choice>, weight = 12) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** Mostly the newest microversion or one of these. */
export const versions = (...minors: readonly Minor[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(39) },
    { weight: 5, arbitrary: fc.constantFrom(...minors) },
    { weight: 1, arbitrary: fc.nat(39) },
  );

/** Index for `providerAt`: mostly of a provider that exists, now and then of the one that is never made. */
export const anyProvider = fc.oneof(
  { weight: 15, arbitrary: fc.integer({ min: PROVIDERS + 1, max: 4 * PROVIDERS }) },
  { weight: 4, arbitrary: fc.nat(PROVIDERS - 1) },
  { weight: 1, arbitrary: fc.constant(PROVIDERS) },
);
export const anyClass = mostly(fc.nat(CLASSES - 1), fc.constant(CLASSES), 20);
const anyTrait = mostly(fc.nat(TRAITS - 1), fc.constant(TRAITS), 20);
/** What is added to the right generation. */
export const generationError = mostly(fc.constant(0), fc.constantFrom(-1, 1));

const parent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('absent' as const) },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 6, arbitrary: anyProvider },
  { weight: 1, arbitrary: fc.constant('upper' as const) },
);

/** An inventory record; totals are small so that capacity is often reached. */
export const record = fc.record(
  {
    total: mostly(fc.integer({ min: 1, max: 12 }), fc.constant(0), 30),
    reserved: mostly(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 14 }), 6),
    min_unit: mostly(fc.constant(1), fc.integer({ min: 1, max: 3 }), 4),
    max_unit: mostly(fc.constant(2147483647), fc.integer({ min: 1, max: 6 }), 4),
    step_size: mostly(fc.constant(1), fc.integer({ min: 1, max: 3 }), 4),
    allocation_ratio: mostly(fc.constantFrom(1, 1.5, 2, 4), fc.constantFrom(0, 0.1, 0.5, -1), 6),
  },
  { requiredKeys: ['total'] },
);
export const records = fc.uniqueArray(fc.tuple(anyClass, record), { maxLength: 3, selector: ([index]) => index });

export function recordsBody(world: World, chosen: readonly (readonly [number, object])[]): Json {
  return Object.fromEntries(chosen.map(([index, body]) => [at(world.names.classes, index), body]));
}

function generationOf(world: World, index: number, error: number): number {
  return (world.state.providers.get(providerAt(world, index))?.generation ?? 0) + error;
}

function onProvider(world: World, index: number, suffix = ''): string {
  return `/resource_providers/${providerAt(world, index)}${suffix}`;
}

function parentBody(world: World, choice: 'absent' | 'upper' | null | number): Json {
  if (choice === 'absent') return {};
  if (choice === null) return { parent_provider_uuid: null };
  if (choice === 'upper') return { parent_provider_uuid: at(world.names.providers, 0).toUpperCase() };
  return { parent_provider_uuid: providerAt(world, choice) };
}

const spell = {
  plain: (uuid: string) => uuid,
  upper: (uuid: string) => uuid.toUpperCase(),
  dashless: (uuid: string) => uuid.replaceAll('-', ''),
};

export const createProvider = step(
  'create provider',
  fc.record({
    provider: fc.nat(PROVIDERS - 1),
    spelling: mostly(fc.constant('plain' as const), fc.constantFrom('upper' as const, 'dashless' as const), 6),
    name: mostly(fc.constant(null), fc.oneof(fc.nat(PROVIDERS - 1), fc.constant('' as const)), 6),
    parent,
    version: versions(0, 13, 14, 19, 20, 36, 39),
  }),
  ({ provider, spelling, name, parent, version }, world) => ({
    method: 'POST',
    path: '/resource_providers',
    version,
    body: {
      uuid: spell[spelling](at(world.names.providers, provider)),
      name: name === '' ? '' : at(world.names.providerNames, name ?? provider),
      ...parentBody(world, parent),
    },
  }),
);

export const updateProvider = step(
  'update provider',
  fc.record({
    provider: anyProvider,
    name: mostly(fc.constant(null), fc.nat(PROVIDERS - 1), 3),
    parent,
    version: versions(0, 13, 14, 22, 23, 36, 37),
  }),
  ({ provider, name, parent, version }, world) => ({
    method: 'PUT',
    path: onProvider(world, provider),
    version,
    body: { name: nameOf(world, provider, name), ...parentBody(world, parent) },
  }),
);

/** The name of the choice, or the one that the provider has. */
function nameOf({ names, state }: World, provider: number, choice: number | null): string {
  const current = state.providers.get(providerAt({ names, state }, provider));
  return choice === null && current !== undefined ? current.name : at(names.providerNames, choice ?? provider);
}

export const deleteProvider = step(
  'delete provider',
  fc.record({ provider: anyProvider, version: versions(0, 22, 23, 39) }),
  ({ provider, version }, world) => ({ method: 'DELETE', path: onProvider(world, provider), version }),
);

export const postInventory = step(
  'post inventory',
  fc.record({ provider: anyProvider, resourceClass: anyClass, record, version: versions(0, 25, 26, 39) }),
  ({ provider, resourceClass, record, version }, world) => ({
    method: 'POST',
    path: onProvider(world, provider, '/inventories'),
    version,
    body: { ...record, resource_class: at(world.names.classes, resourceClass), resource_provider_generation: 77 },
  }),
);

export const putInventories = step(
  'put inventories',
  fc.record({
    provider: anyProvider,
    records,
    keep: fc.boolean(),
    error: generationError,
    version: versions(0, 22, 23, 25, 26, 39),
  }),
  ({ provider, records, keep, error, version }, world) => {
    const current = world.state.providers.get(providerAt(world, provider))?.inventories ?? new Map();
    return {
      method: 'PUT',
      path: onProvider(world, provider, '/inventories'),
      version,
      body: {
        resource_provider_generation: generationOf(world, provider, error),
        inventories: { ...(keep ? Object.fromEntries(current) : {}), ...recordsBody(world, records) },
      },
    };
  },
);

export const putInventory = step(
  'put inventory',
  fc.record({
    provider: anyProvider,
    resourceClass: anyClass,
    record,
    error: generationError,
    version: versions(0, 25, 26, 39),
  }),
  ({ provider, resourceClass, record, error, version }, world) => ({
    method: 'PUT',
    path: onProvider(world, provider, `/inventories/${at(world.names.classes, resourceClass)}`),
    version,
    body: { ...record, resource_provider_generation: generationOf(world, provider, error) },
  }),
);

/** An inventory becomes smaller than what is used of it, or is large enough again (http-api §5.4, §9.6). */
export const resizeInventory = step(
  'resize inventory',
  fc.record({ index: fc.nat(11), total: fc.constantFrom(1, 1, 2, 10) }),
  ({ index, total }, world) => {
    const { names, state } = world;
    const there = [...state.providers.values()].flatMap((provider) =>
      [...provider.inventories.keys()].map((name) => ({ provider, name })),
    );
    const used = there.filter(({ provider, name }) => usedOf(state, provider.uuid, name) > 0);
    const { provider, name } = at(used.length > 0 ? used : [...there, { provider: null, name: 'VCPU' }], index);
    return {
      method: 'PUT',
      path: `/resource_providers/${provider?.uuid ?? at(names.providers, 0)}/inventories/${name}`,
      version: 39,
      body: { total, resource_provider_generation: provider?.generation ?? 0 },
    };
  },
);

export const deleteInventories = step(
  'delete inventories',
  fc.record({ provider: anyProvider, version: versions(4, 5, 39) }),
  ({ provider, version }, world) => ({ method: 'DELETE', path: onProvider(world, provider, '/inventories'), version }),
);

export const deleteInventory = step(
  'delete inventory',
  fc.record({ provider: anyProvider, resourceClass: anyClass, version: versions(0, 22, 23, 39) }),
  ({ provider, resourceClass, version }, world) => ({
    method: 'DELETE',
    path: onProvider(world, provider, `/inventories/${at(world.names.classes, resourceClass)}`),
    version,
  }),
);

export const putTraits = step(
  'put traits',
  fc.record({
    provider: anyProvider,
    traits: fc.array(anyTrait, { maxLength: 3 }),
    error: generationError,
    version: versions(5, 6, 39),
  }),
  ({ provider, traits, error, version }, world) => ({
    method: 'PUT',
    path: onProvider(world, provider, '/traits'),
    version,
    body: {
      traits: traits.map((index) => at(world.names.traits, index)),
      resource_provider_generation: generationOf(world, provider, error),
    },
  }),
);

export const clearTraits = step(
  'clear traits',
  fc.record({ provider: anyProvider, version: versions(5, 6, 39) }),
  ({ provider, version }, world) => ({ method: 'DELETE', path: onProvider(world, provider, '/traits'), version }),
);

export const putAggregates = step(
  'put aggregates',
  fc.record({
    provider: anyProvider,
    aggregates: fc.array(fc.nat(AGGREGATES - 1), { maxLength: 3 }),
    error: generationError,
    /** The form of the other side of 1.19. */
    isWrongForm: mostly(fc.constant(false), fc.constant(true)),
    version: versions(0, 1, 18, 19, 39),
  }),
  ({ provider, aggregates, error, isWrongForm, version }, world) => {
    const uuids = aggregates.map((index) => at(world.names.aggregates, index));
    const isObjectForm = version >= 19 !== isWrongForm;
    return {
      method: 'PUT',
      path: onProvider(world, provider, '/aggregates'),
      version,
      body: isObjectForm
        ? { aggregates: uuids, resource_provider_generation: generationOf(world, provider, error) }
        : uuids,
    };
  },
);

export const putClass = step(
  'put class',
  fc.record({
    resourceClass: fc.nat(CLASSES - 1),
    newName: fc.nat(CLASSES - 1),
    version: mostly(fc.constantFrom(7, 39), fc.constantFrom(1, 2, 6), 1),
  }),
  ({ resourceClass, newName, version }, world) => ({
    method: 'PUT',
    path: `/resource_classes/${at(world.names.classes, resourceClass)}`,
    version,
    body: { name: at(world.names.classes, newName) },
  }),
);

export const postClass = step(
  'post class',
  fc.record({ resourceClass: fc.nat(CLASSES - 1), version: versions(1, 2, 39) }),
  ({ resourceClass, version }, world) => ({
    method: 'POST',
    path: '/resource_classes',
    version,
    body: { name: at(world.names.classes, resourceClass) },
  }),
);

export const getOrDeleteClass = step(
  'get or delete class',
  fc.record({ method: fc.constantFrom('GET', 'DELETE'), resourceClass: anyClass, version: versions(1, 2, 39) }),
  ({ method, resourceClass, version }, world) => ({
    method,
    path: `/resource_classes/${at(world.names.classes, resourceClass)}`,
    version,
  }),
);

export const onTrait = step(
  'on trait',
  fc.record({
    method: fc.constantFrom('GET', 'PUT', 'PUT', 'DELETE'),
    trait: fc.nat(TRAITS - 1),
    version: versions(5, 6, 39),
  }),
  ({ method, trait, version }, world) => ({ method, path: `/traits/${at(world.names.traits, trait)}`, version }),
);
