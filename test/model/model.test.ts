// The model at the edges: who comes late, who goes early, and what has no name.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProviderId, providerUuid, type ResourceClassId, type TraitId } from '../../src/domain/ids.ts';
import type { ProviderState } from '../../src/domain/resource-provider.ts';
import { Model } from '../../src/model/model.ts';
import type { ProviderNumber } from '../../src/model/reader.ts';
import { NAMES } from '../candidates/arbitrary.ts';
import { branded } from '../support/state.ts';

function provider(
  id: number,
  changes: Partial<ProviderState> & { parent?: number; root?: number } = {},
): ProviderState {
  const { parent, root, ...rest } = changes;
  return {
    id: branded<ProviderId>(id),
    uuid: providerUuid(`uuid ${id}`),
    name: `name ${id}`,
    generation: 0,
    parentId: parent === undefined ? null : branded<ProviderId>(parent),
    rootId: branded<ProviderId>(root ?? parent ?? id),
    modifiedAtMs: null,
    inventories: [],
    traitIds: [],
    aggregates: [],
    ...rest,
  };
}

function loaded(...providers: ProviderState[]): Model {
  const model = new Model();
  model.apply({ kind: 'reload', names: NAMES, providers });
  return model;
}

function change(model: Model, ...providers: (ProviderState | number)[]): void {
  model.apply({
    kind: 'delta',
    names: null,
    providers: providers.map((one) =>
      typeof one === 'number' ? { id: branded<ProviderId>(one), state: null } : { id: one.id, state: one },
    ),
  });
}

function find(model: Model, id: number): ProviderNumber {
  const number = model.numberOfUuid(`uuid ${id}`);
  assert.ok(number !== undefined);
  return number;
}

function treeOf(model: Model, id: number): number[] {
  const ids: number[] = [];
  model.forTree(model.root(find(model, id)), (member) => ids.push(model.id(member)));
  return ids;
}

describe('a parent that is not known yet', () => {
  test('the child stands alone, and is at its place as soon as the parent comes', () => {
    const model = loaded();
    change(model, provider(2, { parent: 1 }), provider(3, { parent: 2, root: 1 }));
    assert.equal(model.parent(find(model, 2)), undefined);
    assert.equal(model.root(find(model, 2)), find(model, 2));
    change(model, provider(1));
    assert.equal(model.parent(find(model, 2)), find(model, 1));
    assert.deepEqual(treeOf(model, 3).sort(), [1, 2, 3]);
    assert.deepEqual([...model.roots], [find(model, 1)]);
  });

  test('a parent that goes before its children leaves them alone, and may come back', () => {
    const model = loaded(provider(1), provider(2, { parent: 1 }), provider(3, { parent: 2, root: 1 }));
    change(model, 1);
    assert.deepEqual(treeOf(model, 2), [2]);
    assert.equal(model.parent(find(model, 3)), find(model, 2));
    change(model, provider(1));
    assert.deepEqual(treeOf(model, 2).sort(), [1, 2, 3]);
  });

  test('the number of one who is gone does not make another a parent', () => {
    const model = loaded(provider(1), provider(2, { parent: 1 }));
    change(model, 1, provider(7));
    assert.equal(model.parent(find(model, 2)), undefined);
    assert.deepEqual(treeOf(model, 7), [7]);
  });
});

test('providers who name each other as parents do not hang anybody', () => {
  const model = loaded(provider(1, { parent: 2, root: 1 }), provider(2, { parent: 1, root: 1 }));
  assert.equal(model.isAncestor(find(model, 1), find(model, 2)), true);
  change(model, provider(3));
  assert.equal(model.isAncestor(find(model, 3), find(model, 2)), false);
});

test('numbers of those who are gone are used again, and the order stays that of creation', () => {
  const model = loaded(provider(1), provider(2), provider(3));
  change(model, 1, 2);
  change(model, provider(9), provider(4));
  assert.equal(model.providerCount, 3);
  assert.ok([...model.live].every((number) => number < 3));
  assert.deepEqual(
    model.providers().map((number) => model.id(number)),
    [3, 4, 9],
  );
});

test('a uuid passes to a new row within one update', () => {
  const model = loaded(provider(1, { generation: 5 }));
  change(model, provider(2, { uuid: providerUuid('uuid 1'), name: 'name 1' }), 1);
  assert.equal(model.id(find(model, 1)), 2);
  assert.equal(model.generation(find(model, 1)), 0);
  assert.equal(model.id(model.numberOfName('name 1') ?? branded<ProviderNumber>(-1)), 2);
});

test('two providers swap names within one update', () => {
  const model = loaded(provider(1), provider(2));
  change(model, provider(1, { name: 'name 2' }), provider(2, { name: 'name 1' }));
  assert.equal(model.numberOfName('name 1'), find(model, 2));
  assert.equal(model.numberOfName('name 2'), find(model, 1));
});

test('traits and classes without a name are not shown, until they have one', () => {
  const unnamed = branded<TraitId>(77);
  const inventory = {
    resourceClassId: branded<ResourceClassId>(10_000),
    total: 1,
    reserved: 0,
    minUnit: 1,
    maxUnit: 1,
    stepSize: 1,
    allocationRatio: 1,
    used: 0,
    modifiedAtMs: null,
  };
  const model = loaded(provider(1, { traitIds: [unnamed, branded<TraitId>(2)], inventories: [inventory] }));
  assert.deepEqual(model.traitNames(find(model, 1)), ['CUSTOM_T1']);
  assert.deepEqual(model.inventories(find(model, 1)), []);
  const before = model.revision(find(model, 1));
  const names = {
    traits: [...NAMES.traits, { id: unnamed, name: 'HW_CPU_HYPERTHREADING', modifiedAtMs: null }],
    resourceClasses: [...NAMES.resourceClasses, { id: inventory.resourceClassId, name: 'CUSTOM_GOLD' }],
  };
  model.apply({ kind: 'delta', names, providers: [] });
  assert.deepEqual(model.traitNames(find(model, 1)), ['HW_CPU_HYPERTHREADING', 'CUSTOM_T1']);
  assert.deepEqual(model.inventories(find(model, 1)), [inventory]);
  assert.notEqual(model.revision(find(model, 1)), before);
});

test('a revision tells that a provider changed, and is not used for another of the same number', () => {
  const model = loaded(provider(1), provider(2));
  const [first, second] = [model.revision(find(model, 1)), model.revision(find(model, 2))];
  change(model, provider(1, { generation: 1 }));
  assert.notEqual(model.revision(find(model, 1)), first);
  assert.equal(model.revision(find(model, 2)), second);
  change(model, 2);
  change(model, provider(3));
  assert.notEqual(model.revision(find(model, 3)), second);
  model.apply({ kind: 'reload', names: NAMES, providers: [provider(3)] });
  assert.notEqual(model.revision(find(model, 3)), second);
});

test('a revision tells of another place in the tree, and of another uuid of those shown with a provider', () => {
  const model = loaded(provider(1), provider(2, { parentId: branded<ProviderId>(9), rootId: branded<ProviderId>(9) }));
  const waiting = model.revision(find(model, 2));
  change(model, provider(9));
  assert.equal(model.root(find(model, 2)), find(model, 9));
  assert.notEqual(model.revision(find(model, 2)), waiting);
  const placed = model.revision(find(model, 2));
  change(model, provider(9, { uuid: providerUuid('another') }));
  assert.notEqual(model.revision(find(model, 2)), placed);
});

test('it tells whether there are UUIDs that other tools wrote', () => {
  const model = loaded(provider(1));
  assert.ok(model.hasPlainUuids === /^[\w-]+$/.test(model.uuid(find(model, 1))));
  change(model, provider(1, { uuid: providerUuid('plain') }));
  assert.ok(model.hasPlainUuids);
  change(model, provider(2, { uuid: providerUuid('a "quoted" one') }));
  assert.ok(!model.hasPlainUuids);
  change(model, provider(2, { uuid: providerUuid('a \\ one') }));
  assert.ok(!model.hasPlainUuids);
  change(model, 2);
  assert.ok(model.hasPlainUuids);
});

test('sharing follows the name of the trait, whichever id has it', () => {
  const model = loaded(provider(1, { traitIds: [branded<TraitId>(2)] }));
  assert.equal(model.sharing.size, 0);
  const traits = [{ id: branded<TraitId>(2), name: 'MISC_SHARES_VIA_AGGREGATE', modifiedAtMs: null }];
  model.apply({ kind: 'delta', names: { ...NAMES, traits }, providers: [] });
  assert.deepEqual([...model.sharing], [find(model, 1)]);
});
