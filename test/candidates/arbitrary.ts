// Small random states and queries for property tests: few names and few numbers, so that things meet.

import fc from 'fast-check';
import type {
  AggregateRequirement,
  CandidateQuery,
  RequestGroup,
  TraitRequirement,
} from '../../src/candidates/query.ts';
import type { ResourceClassId } from '../../src/domain/ids.ts';
import {
  type AggregateUuid,
  aggregateUuid,
  type ProviderId,
  providerUuid,
  type TraitId,
} from '../../src/domain/ids.ts';
import type { InventoryUse } from '../../src/domain/inventory.ts';
import { microversion } from '../../src/domain/microversion.ts';
import { STANDARD_RESOURCE_CLASSES } from '../../src/domain/resource-class.ts';
import type { NameCatalog, ProviderState } from '../../src/domain/resource-provider.ts';
import { SHARING_TRAIT } from '../../src/domain/trait.ts';
import { branded, type State } from '../support/state.ts';

const CLASSES = ['VCPU', 'DISK_GB', 'VGPU'] as const;
const TRAITS = ['CUSTOM_T1', 'CUSTOM_T2', 'CUSTOM_T3'] as const;
const AGGREGATES = [1, 2, 3].map((digit) => aggregateUuid(`aaaaaaaa-0000-4000-8000-00000000000${digit}`));
const SHARING_ID = branded<TraitId>(1);
const TRAIT_IDS = TRAITS.map((_, index) => branded<TraitId>(index + 2));

export const NAMES: NameCatalog = {
  resourceClasses: STANDARD_RESOURCE_CLASSES.map((name, id) => ({ id: branded<ResourceClassId>(id), name })),
  traits: [
    { id: SHARING_ID, name: SHARING_TRAIT, modifiedAtMs: 5000 },
    ...TRAITS.map((name, index) => ({ id: branded<TraitId>(index + 2), name, modifiedAtMs: index * 1000 })),
  ],
};

export function uuidOf(id: number): string {
  return `11111111-0000-4000-8000-${String(id).padStart(12, '0')}`;
}

/** The value in `weight` of `weight + 1` cases, else null. */
export function often<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight, arbitrary }, { weight: 1, arbitrary: fc.constant(null) });
}

/** The value in one of `weight + 1` cases, else null. */
export function seldom<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 1, arbitrary }, { weight, arbitrary: fc.constant(null) });
}

const inventory = (resourceClass: string): fc.Arbitrary<InventoryUse> =>
  fc
    .record({
      total: fc.constantFrom(1, 2, 3, 4, 6, 8),
      reserved: fc.constantFrom(0, 0, 0, 0, 0, 1),
      minUnit: fc.constantFrom(1, 1, 1, 1, 1, 1, 2),
      maxUnit: fc.constantFrom(10, 10, 10, 10, 10, 1, 2),
      stepSize: fc.constantFrom(1, 1, 1, 1, 1, 1, 2),
      allocationRatio: fc.constantFrom(1, 1, 1, 1, 0.5, 1.5),
      used: fc.constantFrom(0, 0, 0, 0, 1, 2),
      modifiedAtMs: fc.constantFrom(null, 1000, 2000),
    })
    .map((record) => ({
      resourceClassId: branded<ResourceClassId>(STANDARD_RESOURCE_CLASSES.indexOf(resourceClass)),
      ...record,
    }));

const inventories = fc
  .tuple(...CLASSES.map((resourceClass) => often(2, inventory(resourceClass))))
  .map((records) => records.filter((record) => record !== null));

/** Everything about a provider but its place. */
export const traitsAndInventory = fc.record({
  generation: fc.nat(9),
  inventories,
  traitIds: fc
    .record({ shares: fc.constantFrom(false, false, true), others: fc.subarray(TRAIT_IDS) })
    .map(({ shares, others }) => (shares ? [SHARING_ID, ...others] : others)),
  aggregates: fc.subarray<AggregateUuid>(AGGREGATES, { maxLength: 2 }),
});

/** Up to eight providers in up to three trees of any depth. */
export const arbitraryState: fc.Arbitrary<State> = fc
  .array(fc.tuple(traitsAndInventory, fc.nat(7), fc.constantFrom(true, false, false)), {
    minLength: 2,
    maxLength: 8,
    size: 'max',
  })
  .map((drafts) => {
    const providers: ProviderState[] = [];
    for (const [index, [draft, place, wantsRoot]] of drafts.entries()) {
      const roots = providers.filter(({ parentId }) => parentId === null).length;
      const parent = index === 0 || (wantsRoot && roots < 3) ? undefined : providers[place % index];
      const id = branded<ProviderId>(index + 1);
      providers.push({
        id,
        uuid: providerUuid(uuidOf(id)),
        name: `provider ${id}`,
        modifiedAtMs: null,
        parentId: parent?.id ?? null,
        rootId: parent?.rootId ?? id,
        ...draft,
      });
    }
    return { names: NAMES, providers };
  });

/** What a group asks besides resources; the unsuffixed group asks more often, since there it is subtle. */
const traitRequirement = (often: number): fc.Arbitrary<TraitRequirement> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant({ anyOf: [], forbidden: [] }) },
    {
      weight: often,
      arbitrary: fc.record({
        anyOf: fc.array(fc.subarray([...TRAITS], { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
        forbidden: fc.subarray([...TRAITS, SHARING_TRAIT], { maxLength: 1 }),
      }),
    },
  );

const aggregateRequirement = (often: number): fc.Arbitrary<AggregateRequirement> =>
  fc.oneof(
    { weight: 7, arbitrary: fc.constant({ anyOf: [], forbidden: [] }) },
    {
      weight: often,
      arbitrary: fc.record({
        anyOf: fc.array(fc.subarray<string>(AGGREGATES, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
        forbidden: fc.subarray<string>(AGGREGATES, { maxLength: 1 }),
      }),
    },
  );

const group = (suffix: string): fc.Arbitrary<RequestGroup> =>
  fc.record({
    suffix: fc.constant(suffix),
    resources: fc
      .tuple(
        fc.oneof(
          { weight: suffix === '' ? 1 : 2, arbitrary: fc.constantFrom(...CLASSES).map((one) => [one]) },
          { weight: 1, arbitrary: fc.subarray([...CLASSES], { minLength: suffix === '' ? 2 : 1 }) },
        ),
        fc.array(fc.constantFrom(1, 1, 1, 1, 2, 3), { minLength: 3, maxLength: 3 }),
      )
      .map(([classes, amounts]) =>
        classes.map((resourceClass, index) => ({ resourceClass, amount: amounts[index] ?? 1 })),
      ),
    traits: traitRequirement(suffix === '' ? 5 : 2),
    aggregates: aggregateRequirement(suffix === '' ? 4 : 1),
    inTree: seldom(9, fc.integer({ min: 1, max: 8 }).map(uuidOf)),
  });

const SUFFIXES = ['1', '_A', '__proto__'] as const;

/** A question that parsing would let pass, about names that exist. */
export const arbitraryQuery: fc.Arbitrary<CandidateQuery> = fc
  .record({
    minor: fc.constantFrom(10, 17, 25, 28, 29, 34, 36, 39, 39, 39),
    unsuffixed: often(2, group('')),
    suffixed: fc.tuple(...SUFFIXES.map((suffix) => often(1, group(suffix)))),
    resourceless: seldom(2, fc.constantFrom(...SUFFIXES)),
    unsuffixedAt: fc.nat(3),
    groupPolicy: fc.constantFrom<CandidateQuery['groupPolicy'][]>('none', 'isolate'),
    rootRequired: seldom(
      5,
      fc.record({
        required: fc.subarray([...TRAITS], { maxLength: 1 }),
        forbidden: fc.subarray([...TRAITS], { maxLength: 1 }),
      }),
    ),
    sameSubtree: fc.array(fc.subarray([...SUFFIXES], { minLength: 2 }), { maxLength: 2 }),
    limit: often(1, fc.integer({ min: 1, max: 6 })),
  })
  .map(({ minor, unsuffixed, suffixed, resourceless, unsuffixedAt, groupPolicy, rootRequired, sameSubtree, limit }) => {
    const groups: RequestGroup[] = suffixed.filter((one) => one !== null);
    const isLate = minor >= 36;
    const named = sameSubtree
      .map((list) => list.filter((suffix) => groups.some((one) => one.suffix === suffix)))
      .filter((list) => list.length > 0);
    if (isLate && resourceless !== null && (groups.length > 1 || unsuffixed !== null)) {
      const index = groups.findIndex(({ suffix }) => suffix === resourceless);
      const bare = groups[index];
      // One with negative conditions only, which empties the answer, is left to chance.
      const traits = bare?.traits.forbidden.length === 0 ? { anyOf: [[TRAITS[0]]], forbidden: [] } : bare?.traits;
      if (bare !== undefined && traits !== undefined) groups[index] = { ...bare, resources: [], traits };
    }
    if (unsuffixed !== null) groups.splice(unsuffixedAt, 0, unsuffixed);
    return {
      version: microversion(minor),
      groups,
      groupPolicy: groups.length > 1 ? groupPolicy : null,
      rootRequired: minor >= 35 ? rootRequired : null,
      sameSubtree: isLate ? named : [],
      limit,
    };
  })
  .filter(({ groups }) => groups.some(({ resources }) => resources.length > 0));
