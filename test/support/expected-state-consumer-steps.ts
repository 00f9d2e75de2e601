// Random steps on allocations and with the reshaper.

import fc from 'fast-check';
import type { Json } from './client.ts';
import { type Holdings, known, type Minor } from './expected-state.ts';
import { at, CLASSES, CONSUMERS, PROVIDERS, providerAt, type World } from './expected-state-names-pool.ts';
import {
  anyClass,
  anyProvider,
  generationError,
  mostly,
  records,
  recordsBody,
  step,
  versions,
} from './expected-state-steps.ts';

const claim = fc.record({ provider: anyProvider, resourceClass: anyClass, amount: fc.integer({ min: 1, max: 5 }) });

/** One consumer's part of a body. */
const part = fc.record({
  holdings: mostly(fc.array(claim, { minLength: 1, maxLength: 3 }), fc.array(claim, { maxLength: 0 }), 6),
  /** Only what is in some inventory is named. */
  isAimed: mostly(fc.constant(true), fc.constant(false), 5),
  generation: mostly(fc.constant('right' as const), fc.constantFrom('null' as const, 'next' as const)),
  owner: fc.nat(3),
  type: fc.constantFrom('INSTANCE', 'MIGRATION', 'ALL'),
  hasMappings: fc.boolean(),
  twist: mostly(
    fc.constant('none' as const),
    fc.constantFrom(
      'other-form' as const,
      'zero' as const,
      'missing' as const,
      'extra' as const,
      'no-resources' as const,
    ),
    30,
  ),
});

type Part = typeof part extends fc.Arbitrary<infer Value> ? Value : never;

function holdingsOf(world: World, { holdings, isAimed }: Part): Holdings {
  const { names, state } = world;
  const there = [...state.providers.values()].flatMap(({ uuid, inventories }) =>
    [...inventories.keys()].map((name): readonly [string, string] => [uuid, name]),
  );
  const found: Holdings = new Map();
  for (const { provider, resourceClass, amount } of holdings) {
    const [uuid, name] =
      isAimed && there.length > 0
        ? at(there, provider * CLASSES + resourceClass)
        : [providerAt(world, provider), at(names.classes, resourceClass)];
    found.set(uuid, (found.get(uuid) ?? new Map()).set(name, amount));
  }
  return found;
}

function partBody(world: World, consumer: string, choice: Part, wanted: Holdings, version: Minor): Json {
  const { names, state } = world;
  const isList = version < 12 !== (choice.twist === 'other-form');
  const entries = [...wanted].map(([uuid, resources], index): readonly [string, Json] => [
    uuid,
    choice.twist === 'no-resources' && index === 0 ? {} : Object.fromEntries(resources),
  ]);
  const body: Json = {
    allocations: isList
      ? entries.map(([uuid, resources]) => ({ resource_provider: { uuid }, resources }))
      : Object.fromEntries(entries.map(([uuid, resources]) => [uuid, { resources }])),
  };
  if (choice.twist === 'zero') for (const [, resources] of entries) resources.VCPU = 0;
  if (version >= 8) {
    body.project_id = at(names.projects, choice.owner);
    if (choice.twist !== 'missing') body.user_id = at(names.users, choice.owner >> 1);
  }
  if (version >= 28) body.consumer_generation = generationOf(state.consumers.get(consumer)?.generation, choice);
  if (version >= 34 && choice.hasMappings) body.mappings = { '': [consumer] };
  if (version >= 38) body.consumer_type = choice.type;
  if (choice.twist === 'extra') body.bad_field = 1;
  return body;
}

function generationOf(current: number | undefined, { generation }: Part): number | null {
  if (generation === 'null') return null;
  if (generation === 'next') return (current ?? 0) + 1;
  return current ?? null;
}

const ALLOCATION_VERSIONS = [0, 7, 8, 11, 12, 27, 28, 34, 38, 39];

export const putAllocations = step(
  'put allocations',
  fc.record({
    consumer: fc.nat(CONSUMERS - 1),
    spelling: mostly(fc.constant('plain' as const), fc.constantFrom('upper' as const, 'malformed' as const), 20),
    part,
    version: mostly(fc.constantFrom(28, 38, 39), fc.constantFrom(...ALLOCATION_VERSIONS), 1),
  }),
  ({ consumer, spelling, part, version }, world) => {
    const uuid = at(world.names.consumers, consumer);
    const text = { plain: uuid, upper: uuid.toUpperCase(), malformed: 'malformed' }[spelling];
    const body = partBody(world, uuid, part, holdingsOf(world, part), version);
    return { method: 'PUT', path: `/allocations/${text}`, version, body };
  },
);

const parts = fc.uniqueArray(fc.tuple(fc.nat(CONSUMERS), part), {
  minLength: 1,
  maxLength: 3,
  selector: ([index]) => index,
});

/** The last consumer of POST is the first one in upper case: another one, since keys are taken verbatim (§2.1). */
function consumerKey(world: World, index: number): string {
  const { consumers } = world.names;
  return index < CONSUMERS ? at(consumers, index) : at(consumers, 0).toUpperCase();
}

function partsBody(world: World, chosen: readonly (readonly [number, Part])[], version: Minor): Json {
  return Object.fromEntries(
    chosen.map(([index, choice]) => {
      const consumer = consumerKey(world, index);
      return [consumer, partBody(world, consumer, choice, holdingsOf(world, choice), version)];
    }),
  );
}

export const postAllocations = step(
  'post allocations',
  fc.record({ parts, version: versions(12, 13, 27, 28, 34, 38, 39) }),
  ({ parts, version }, world) => ({
    method: 'POST',
    path: '/allocations',
    version,
    body: partsBody(world, parts, Math.max(version, 12)),
  }),
);

/** Two consumers exchange what they hold, or one takes over what the other holds. */
export const exchangeAllocations = step(
  'exchange allocations',
  fc.record({
    first: fc.nat(CONSUMERS),
    second: fc.nat(CONSUMERS),
    isSwap: fc.boolean(),
    parts: fc.tuple(part, part),
    version: versions(13, 28, 38, 39),
  }),
  ({ first, second, isSwap, parts: [one, other], version }, world) => {
    const held = (index: number): Holdings =>
      world.state.consumers.get(consumerKey(world, index))?.holdings ?? new Map();
    const body = (index: number, choice: Part, wanted: Holdings) =>
      partBody(world, consumerKey(world, index), { ...choice, twist: 'none' }, wanted, Math.max(version, 12));
    return {
      method: 'POST',
      path: '/allocations',
      version,
      body: {
        [consumerKey(world, first)]: body(first, one, isSwap ? held(second) : new Map()),
        ...(first === second ? {} : { [consumerKey(world, second)]: body(second, other, held(first)) }),
      },
    };
  },
);

export const deleteAllocations = step(
  'delete allocations',
  fc.record({ consumer: fc.nat(CONSUMERS), version: versions(0, 28, 39) }),
  ({ consumer, version }, world) => ({
    method: 'DELETE',
    path: `/allocations/${consumerKey(world, consumer)}`,
    version,
  }),
);

const RESHAPER_VERSIONS = versions(29, 30, 34, 38, 39);

export const reshapeFreely = step(
  'reshape',
  fc.record({
    inventories: fc.uniqueArray(
      fc.record({
        provider: anyProvider,
        records,
        keep: mostly(fc.constant(true), fc.constant(false), 2),
        error: generationError,
      }),
      {
        minLength: 1,
        maxLength: 3,
        selector: ({ provider }) => provider,
      },
    ),
    parts: fc.oneof(fc.constant([]), parts),
    version: RESHAPER_VERSIONS,
  }),
  ({ inventories, parts, version }, world) => ({
    method: 'POST',
    path: '/reshaper',
    version,
    body: {
      inventories: Object.fromEntries(
        inventories.map(({ provider, records, keep, error }) => {
          const uuid = providerAt(world, provider);
          const current = world.state.providers.get(uuid);
          const kept = keep ? Object.fromEntries(current?.inventories ?? []) : {};
          return [
            uuid,
            {
              resource_provider_generation: (current?.generation ?? 0) + error,
              inventories: { ...kept, ...recordsBody(world, records) },
            },
          ];
        }),
      ),
      allocations: partsBody(world, parts, Math.max(version, 30)),
    },
  }),
);

/** Several at once show which of them is told of. */
const FLAWS = ['stale', 'consumer-left-out', 'wrong-consumer', 'unknown-class', 'unknown-provider'] as const;

/** What the reshaper is for: a class goes from one provider to another, and with it what consumers hold of it. */
export const moveClass = step(
  'move class',
  fc.record({
    from: fc.nat(15),
    to: fc.nat(3),
    part,
    flaws: mostly(fc.subarray([...FLAWS], { maxLength: 0 }), fc.subarray([...FLAWS]), 2),
    version: RESHAPER_VERSIONS,
  }),
  ({ from, to, part, flaws, version }, world) => {
    const has = (flaw: (typeof FLAWS)[number]) => flaws.some((each) => each === flaw);
    const { state, names } = world;
    const there = [...state.providers.values()].flatMap((provider) =>
      [...provider.inventories.keys()].map((name) => ({ provider, name })),
    );
    if (there.length === 0) return { method: 'POST', path: '/reshaper', version, body: {} };
    const target = at([...state.providers.values()], to);
    const { provider: source, name } = at(there, from);
    const left = new Map(source.inventories);
    left.delete(name);
    const right = new Map(target === source ? left : target.inventories).set(name, known(source.inventories, name));
    if (has('unknown-class')) right.set(at(names.classes, CLASSES), known(source.inventories, name));
    const consumers = [...state.consumers].filter(([, { holdings }]) => holdings.get(source.uuid)?.has(name));
    const moved = consumers.slice(has('consumer-left-out') ? 1 : 0).map(([consumer, { holdings }]) => {
      const body = partBody(
        world,
        consumer,
        { ...part, generation: has('wrong-consumer') ? 'next' : 'right', twist: 'none' },
        movedHoldings(holdings, source.uuid, target.uuid, name),
        Math.max(version, 30),
      );
      return [consumer, body];
    });
    const error = has('stale') ? 1 : 0;
    const unknown = at(names.providers, PROVIDERS);
    return {
      method: 'POST',
      path: '/reshaper',
      version,
      body: {
        inventories: {
          [source.uuid]: {
            resource_provider_generation: source.generation + error,
            inventories: Object.fromEntries(left),
          },
          [target.uuid]: { resource_provider_generation: target.generation, inventories: Object.fromEntries(right) },
          ...(has('unknown-provider') ? { [unknown]: { resource_provider_generation: 0, inventories: {} } } : {}),
        },
        allocations: Object.fromEntries(moved),
      },
    };
  },
);

function movedHoldings(holdings: Holdings, from: string, to: string, name: string): Holdings {
  const copy: Holdings = new Map([...holdings].map(([uuid, resources]) => [uuid, new Map(resources)]));
  const amount = known(known(copy, from), name);
  copy.get(from)?.delete(name);
  if (copy.get(from)?.size === 0) copy.delete(from);
  const target = copy.get(to) ?? new Map();
  return copy.set(to, target.set(name, amount));
}

/** A consumer writes what it holds once more, a little less or more of it. */
export const rewriteAllocations = step(
  'rewrite allocations',
  fc.record({
    consumer: fc.nat(CONSUMERS),
    change: fc.constantFrom(-1, 0, 0, 1),
    part,
    version: versions(27, 28, 38),
  }),
  ({ consumer, change, part, version }, world) => {
    const uuid = at([...world.state.consumers.keys(), at(world.names.consumers, consumer)], consumer);
    const current: Holdings = world.state.consumers.get(uuid)?.holdings ?? new Map();
    const changed: Holdings = new Map(
      [...current].map(([provider, resources]) => [
        provider,
        new Map([...resources].map(([name, amount]) => [name, Math.max(1, amount + change)])),
      ]),
    );
    const body = partBody(world, uuid, { ...part, twist: 'none' }, changed, Math.max(version, 13));
    return { method: 'POST', path: '/allocations', version, body: { [uuid]: body } };
  },
);
