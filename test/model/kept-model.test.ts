// Who shares which check of the change feed: a read never relies on a check that began before it did.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProviderId, providerUuid } from '../../src/domain/ids.ts';
import type { ModelUpdate, ProviderState } from '../../src/domain/resource-provider.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import type { Model } from '../../src/model/model.ts';
import { NAMES } from '../candidates/arbitrary.ts';
import { branded } from '../support/state.ts';

const NONE: ModelUpdate = { kind: 'none' };
const EMPTY: ModelUpdate = { kind: 'reload', names: NAMES, providers: [] };

/** A feed whose checks are answered by hand, in order. */
class Feed {
  readonly asked: string[] = [];
  readonly #open: { resolve(update: ModelUpdate): void; reject(reason: unknown): void }[] = [];

  readonly poll = (need: string): Promise<ModelUpdate> => {
    this.asked.push(need);
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  };

  async answer(update: ModelUpdate): Promise<void> {
    this.#open.shift()?.resolve(update);
    await settled();
  }

  async fail(reason: unknown): Promise<void> {
    this.#open.shift()?.reject(reason);
    await settled();
  }
}

/** After all that is due now. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function provider(id: number): ProviderState {
  return {
    id: branded<ProviderId>(id),
    uuid: providerUuid(`uuid ${id}`),
    name: `name ${id}`,
    generation: 0,
    parentId: null,
    rootId: branded<ProviderId>(id),
    modifiedAtMs: null,
    inventories: [],
    traitIds: [],
    aggregates: [],
  };
}

function added(id: number): ModelUpdate {
  const state = provider(id);
  return { kind: 'delta', names: null, providers: [{ id: state.id, state }] };
}

const count = (model: Model): number => model.providerCount;

test('a read asks the feed and sees what it brought', async () => {
  const feed = new Feed();
  const read = new KeptModel(feed.poll).read(count);
  await feed.answer({ kind: 'reload', names: NAMES, providers: [provider(1)] });
  assert.equal(await read, 1);
});

test('reads during a check share the next one, and see what it brings', async () => {
  const feed = new Feed();
  const kept = new KeptModel(feed.poll);
  const first = kept.read(count);
  const second = kept.read(count);
  const third = kept.read(count);
  assert.equal(feed.asked.length, 1);
  await feed.answer(EMPTY);
  assert.equal(await first, 0);
  assert.equal(feed.asked.length, 2, 'the others wait for a check of their own');
  await feed.answer(added(1));
  assert.deepEqual(await Promise.all([second, third]), [1, 1]);
  assert.equal(feed.asked.length, 2);
});

test('each read that takes long has a turn of the event loop to itself, in whichever batch it is', async () => {
  const kept = new KeptModel(async () => ({ kind: 'none' }));
  let turn = 0;
  const tick = (): void => {
    turn++;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  const turnOfLong = (): number => {
    const until = performance.now() + 5;
    while (performance.now() < until);
    return turn;
  };
  // The first is a batch of its own; the others share the check after it.
  const turns = await Promise.all([kept.read(turnOfLong), kept.read(turnOfLong), kept.read(turnOfLong)]);
  clearImmediate(next);
  assert.equal(new Set(turns).size, 3, `turns ${turns}`);
});

test('nobody asks the feed while nobody reads', async () => {
  const feed = new Feed();
  const kept = new KeptModel(feed.poll);
  const read = kept.read(count);
  await feed.answer(EMPTY);
  await read;
  await settled();
  assert.equal(feed.asked.length, 1);
  const again = kept.read(count);
  assert.equal(feed.asked.length, 2);
  await feed.answer(NONE);
  assert.equal(await again, 0);
});

test('a read from within a read is served by a later check', async () => {
  const feed = new Feed();
  const kept = new KeptModel(feed.poll);
  let inner: Promise<number> | undefined;
  const outer = kept.read((model) => {
    inner = kept.read(count);
    return count(model);
  });
  await feed.answer(EMPTY);
  assert.equal(await outer, 0);
  assert.equal(feed.asked.length, 2);
  await feed.answer(added(1));
  assert.equal(await inner, 1);
});

describe('failures', () => {
  test('a check that fails fails those who waited for it, and nobody else', async () => {
    const feed = new Feed();
    const kept = new KeptModel(feed.poll);
    const first = kept.read(count);
    const second = kept.read(count);
    const refused = assert.rejects(first, /no database/);
    await feed.fail(new Error('no database'));
    await refused;
    await feed.answer(EMPTY);
    assert.equal(await second, 0);
  });

  test('a read that throws fails alone', async () => {
    const feed = new Feed();
    const kept = new KeptModel(feed.poll);
    const before = kept.read(count);
    const throwing = kept.read(() => {
      throw new Error('my own fault');
    });
    const after = kept.read(count);
    const refused = assert.rejects(throwing, /my own fault/);
    await feed.answer(EMPTY);
    await feed.answer(added(1));
    await refused;
    assert.deepEqual(await Promise.all([before, after]), [0, 1]);
  });

  test('after half an update everything is asked for, and nothing less is taken', async () => {
    const feed = new Feed();
    const kept = new KeptModel(feed.poll);
    const failing = (function* (): Generator<ProviderState> {
      yield provider(1);
      throw new Error('the connection broke');
    })();
    const first = assert.rejects(kept.read(count), /connection broke/);
    await feed.answer({ kind: 'reload', names: NAMES, providers: failing });
    await first;
    const second = assert.rejects(kept.read(count), /waits for a reload/);
    await feed.answer(added(2));
    await second;
    const third = kept.read(count);
    await feed.answer(EMPTY);
    assert.equal(await third, 0);
    assert.deepEqual(feed.asked, ['news', 'everything', 'everything']);
  });
});

describe('a reload in slices', () => {
  test('is seen when all of it is there, by those who wait for it', async () => {
    const more = Promise.withResolvers<void>();
    const kept = new KeptModel(async (_need, target) => {
      target.begin(NAMES);
      target.add([provider(1)]);
      await more.promise;
      target.add([provider(2)]);
      return { kind: 'reload', names: NAMES, providers: null };
    });
    const read = kept.read(count);
    await settled();
    assert.equal(kept.providerCount, 1);
    more.resolve();
    assert.equal(await read, 2);
  });

  test('that breaks off is never seen: everything is asked for, and nothing less is taken', async () => {
    const asked: string[] = [];
    const kept = new KeptModel(async (need, target): Promise<ModelUpdate> => {
      asked.push(need);
      if (asked.length === 2) return NONE;
      target.begin(NAMES);
      target.add([provider(asked.length)]);
      if (asked.length === 1) throw new Error('the connection broke');
      return { kind: 'reload', names: NAMES, providers: null };
    });
    await assert.rejects(kept.read(count), /connection broke/);
    await assert.rejects(kept.read(count), /waits for a reload/);
    assert.equal(await kept.read((model) => model.numberOfUuid('uuid 3')), 0);
    assert.deepEqual(asked, ['news', 'everything', 'everything']);
  });

  test('may begin anew while it is read', async () => {
    const kept = new KeptModel(async (_need, target) => {
      for (const id of [1, 2]) {
        target.begin(NAMES);
        target.add([provider(id)]);
      }
      return { kind: 'reload', names: NAMES, providers: null };
    });
    assert.deepEqual(await kept.read((model) => [...model.providers()].map((one) => model.id(one))), [2]);
  });
});

test('a batch of reads sees one and the same model, however long it takes', async () => {
  const feed = new Feed();
  const kept = new KeptModel(feed.poll);
  const warm = kept.read(count);
  const slow = Array.from({ length: 6 }, () =>
    kept.read((model) => {
      const until = performance.now() + 3;
      while (performance.now() < until);
      return count(model);
    }),
  );
  await feed.answer(EMPTY);
  await warm;
  await feed.answer(added(1));
  const late = kept.read(count);
  assert.deepEqual(await Promise.all(slow), [1, 1, 1, 1, 1, 1]);
  await settled();
  await feed.answer(added(2));
  assert.equal(await late, 2);
});
