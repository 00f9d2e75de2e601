// Nobody is answered before the flush that follows the commit; commits beside a flush share the next one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFlusher } from '../../src/store/commit-flusher.ts';

/** A flush that is ended by hand. */
class Disk {
  readonly #open: PromiseWithResolvers<void>[] = [];
  flushes = 0;

  readonly flush = (): Promise<void> => {
    this.flushes += 1;
    const pending = Promise.withResolvers<void>();
    this.#open.push(pending);
    return pending.promise;
  };

  async done(): Promise<void> {
    this.#open.shift()?.resolve();
    await settled();
  }

  async broken(): Promise<void> {
    this.#open.shift()?.reject(new Error('EIO'));
    await settled();
  }
}

/** After all that is due now. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function world() {
  const disk = new Disk();
  const flusher = new CommitFlusher();
  const said: string[] = [];
  const commit = (name: string) =>
    flusher.add(disk.flush, { answer: () => said.push(`${name} done`), fail: () => said.push(`${name} unknown`) });
  return { disk, flusher, said, commit };
}

test('a commit is answered when it has been flushed, and not before', async () => {
  const { disk, said, commit } = world();
  commit('one');
  await settled();
  assert.deepEqual(said, []);
  await disk.done();
  assert.deepEqual(said, ['one done']);
});

test('a commit beside a flush is not answered by it, and shares the next one with others', async () => {
  const { disk, said, commit } = world();
  commit('one');
  commit('two');
  commit('three');
  await disk.done();
  assert.deepEqual(said, ['one done']);
  await disk.done();
  assert.deepEqual(said, ['one done', 'two done', 'three done']);
  assert.equal(disk.flushes, 2);
});

test('the next transaction waits while a commit waits for its flush to begin', async () => {
  const { disk, flusher, commit } = world();
  let isReady = false;
  commit('one');
  await flusher.ready();
  commit('two');
  void flusher.ready().then(() => {
    isReady = true;
  });
  await settled();
  assert.equal(isReady, false);
  await disk.done();
  assert.equal(isReady, true);
  await disk.done();
  await flusher.idle();
});

test('of a commit whose flush failed nobody says that it is kept', async () => {
  const { disk, said, commit } = world();
  commit('one');
  commit('two');
  await disk.broken();
  await disk.done();
  assert.deepEqual(said, ['one unknown', 'two done']);
});
