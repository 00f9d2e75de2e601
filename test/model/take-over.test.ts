// Commits of the process itself are taken over by the picture without being read back, as long as they are the next ones
// and made on the state that it shows; everything else is read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProviderId, providerUuid, resourceClassId } from '../../src/domain/ids.ts';
import type { ModelUpdate, ProviderState, UsageChange } from '../../src/domain/resource-provider.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { Model } from '../../src/model/model.ts';
import { NAMES } from '../candidates/arbitrary.ts';
import { branded } from '../support/state.ts';

const VCPU = resourceClassId(0);
const MEMORY_MB = resourceClassId(1);
const ID = branded<ProviderId>(7);
const INVENTORY = { total: 10, reserved: 0, minUnit: 1, maxUnit: 10, stepSize: 1, allocationRatio: 1 };

const STATE: ProviderState = {
  id: ID,
  uuid: providerUuid('uuid 7'),
  name: 'name 7',
  generation: 3,
  parentId: null,
  rootId: ID,
  modifiedAtMs: 1000,
  inventories: [{ ...INVENTORY, resourceClassId: VCPU, used: 2, modifiedAtMs: null }],
  traitIds: [],
  aggregates: [],
};
const LOADED: ModelUpdate = { kind: 'reload', names: NAMES, providers: [STATE] };

function change(changes: Partial<UsageChange> = {}): UsageChange {
  return { id: ID, generationBefore: 3, generation: 4, modifiedAtMs: 2000, used: new Map([[VCPU, 5]]), ...changes };
}

function loaded(): Model {
  const model = new Model();
  model.apply(LOADED);
  return model;
}

function shown(model: Model) {
  const provider = model.numberOfId(ID) ?? assert.fail();
  return {
    generation: model.generation(provider),
    modifiedAtMs: model.modifiedAtMs(provider),
    used: model.inventories(provider).map(({ used }) => used),
  };
}

test('usage and generation are taken over, and show as a change', () => {
  const model = loaded();
  const provider = model.numberOfId(ID) ?? assert.fail();
  const before = model.revision(provider);
  assert.equal(model.takeOver([change()]), true);
  assert.deepEqual(shown(model), { generation: 4, modifiedAtMs: 2000, used: [7] });
  assert.notEqual(model.revision(provider), before);
  const back = change({ generationBefore: 4, modifiedAtMs: null, used: new Map([[VCPU, -5]]) });
  assert.equal(model.takeOver([back]), true);
  assert.deepEqual(shown(model), { generation: 4, modifiedAtMs: 2000, used: [2] });
});

test('what was given back is taken over in any state, whose generation stays', () => {
  for (const generation of [1, 3, 5]) {
    const model = loaded();
    const back = change({ generationBefore: generation, generation, modifiedAtMs: null, used: new Map([[VCPU, -2]]) });
    assert.equal(model.takeOver([back]), true);
    assert.deepEqual(shown(model), { generation: 3, modifiedAtMs: 1000, used: [0] });
    assert.equal(model.takeOver([change()]), true, 'and does not stand in the way of what comes next');
  }
});

test('nothing is taken over of changes one of which was made on another state', () => {
  for (const other of [
    change({ generationBefore: 2 }),
    change({ id: branded<ProviderId>(8) }),
    change({ used: new Map([[MEMORY_MB, 1]]) }),
  ]) {
    const model = loaded();
    assert.equal(model.takeOver([change(), { ...other }]), false);
    assert.deepEqual(shown(model), { generation: 3, modifiedAtMs: 1000, used: [2] });
  }
});

test('a commit that comes while the feed is read is taken over afterwards, on what was read', async () => {
  const feed = Promise.withResolvers<ModelUpdate>();
  const kept = new KeptModel((_need, target) => {
    target.reading();
    return feed.promise;
  });
  const reading = kept.read(shown);
  const asked: boolean[] = [];
  kept.committed([change()], (apply) => {
    asked.push(apply());
    return true;
  });
  assert.deepEqual(asked, [], 'whether the reading has it is not known yet');
  feed.resolve(LOADED);
  await reading;
  assert.deepEqual(asked, [true]);
  assert.deepEqual(shown(kept.remembered ?? assert.fail()), { generation: 4, modifiedAtMs: 2000, used: [7] });
});

test('what was read with an update is held against the picture before later commits are taken over', async () => {
  const feed = Promise.withResolvers<ModelUpdate>();
  const kept = new KeptModel(async () => LOADED);
  const compared = kept.readWith(
    async (_need, target) => {
      target.reading();
      return { update: await feed.promise, seen: STATE.generation };
    },
    (model, seen) => ({ seen, shown: shown(model).generation }),
  );
  kept.committed([change()], (apply) => apply());
  assert.equal(kept.isBehind, true);
  feed.resolve(LOADED);
  assert.deepEqual(await compared, { seen: 3, shown: 3 });
  assert.equal(shown(kept.remembered ?? assert.fail()).generation, 4);
  assert.equal(kept.isBehind, false);
});

test('a commit that cannot be taken over is read soon, though nobody asks', async () => {
  const read = Promise.withResolvers<void>();
  let polls = 0;
  const kept = new KeptModel(async () => {
    polls += 1;
    if (polls === 2) read.resolve();
    return polls === 1 ? LOADED : { kind: 'none' };
  });
  await kept.read(() => {});
  kept.committed(null, (apply) => apply());
  // The process would not be kept alive by the picture's own timer.
  const alive = setInterval(() => {}, 1000);
  await read.promise;
  clearInterval(alive);
  assert.equal(polls, 2);
});
