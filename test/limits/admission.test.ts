// Who is let in, who waits and who is refused, without a look at the clock: how fast that is, is in overload.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { BerthError } from '../../src/domain/errors/declare.ts';
import { Admission, adjustedConcurrency } from '../../src/http/admission.ts';

const SETTINGS = {
  concurrentRequestsMax: 2,
  waitingRequestsMax: 2,
  waitingTimeMaxMs: 60_000,
  overloadDelayMs: 60_000,
};

/** Null: let in at once. A promise: let in, or refused, when it settles. Throws when refused at once. */
function enter(admission: Admission): Promise<void> | null {
  let settled = false;
  let refused: BerthError | null = null;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  admission.ask({
    enter: () => {
      settled = true;
      resolve();
    },
    refuse: (refusal) => {
      refused = refusal;
      reject(refusal);
    },
  });
  if (refused !== null) {
    promise.catch(() => {});
    throw refused;
  }
  return settled ? null : promise;
}

test('so many are let in, so many wait in order, and the rest is refused', async () => {
  const admission = new Admission(SETTINGS);
  assert.equal(enter(admission), null);
  assert.equal(enter(admission), null);
  const entered: number[] = [];
  const third = enter(admission)?.then(() => entered.push(3));
  const fourth = enter(admission)?.then(() => entered.push(4));
  assert.deepEqual(admission.load, { underWay: 2, waiting: 2, concurrency: 2 });
  await assert.rejects(
    async () => enter(admission),
    (error) => error instanceof BerthError && error.status === 503 && error.limit === 'waiting_requests_max',
  );

  await nextTurn();
  assert.deepEqual(entered, []);
  admission.leave(1);
  await third;
  assert.deepEqual(entered, [3]);
  admission.leave(1);
  await fourth;
  assert.deepEqual(entered, [3, 4]);

  admission.leave(1);
  admission.leave(1);
  assert.deepEqual(admission.load, { underWay: 0, waiting: 0, concurrency: 2 });
  assert.equal(enter(admission), null);
});

test('nobody overtakes those who wait', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1 });
  assert.equal(enter(admission), null);
  const second = enter(admission);
  admission.leave(1);
  const third = enter(admission);
  assert.ok(second !== null && third !== null);
  await second;
  assert.deepEqual(admission.load, { underWay: 1, waiting: 1, concurrency: 1 });
  admission.leave(1);
  await third;
  admission.leave(1);
});

test('a turn that has worked long takes in no more; the next turns do', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 100, waitingRequestsMax: 100 });
  assert.equal(enter(admission), null);
  for (const began = performance.now(); performance.now() - began < 10; ); // works
  const waits = [enter(admission), enter(admission)];
  assert.ok(!waits.includes(null));
  await Promise.all(waits);
  assert.deepEqual(admission.load, { underWay: 3, waiting: 0, concurrency: 100 });
});

test('who cannot be let in is told so at once while there is time in the turn, and in the next turns otherwise', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1, waitingRequestsMax: 0 });
  assert.equal(enter(admission), null);
  assert.throws(() => enter(admission), BerthError);
  for (const began = performance.now(); performance.now() - began < 10; ); // works
  const later = Array.from({ length: 1000 }, () => enter(admission));
  assert.deepEqual(admission.load, { underWay: 1, waiting: 0, concurrency: 1 });
  const outcomes = await Promise.allSettled(later);
  for (const outcome of outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof BerthError);
    assert.equal(outcome.reason.limit, 'waiting_requests_max');
  }
  admission.leave(1);
  assert.equal(enter(admission), null);
});

test('who waits too long is refused, and the line goes on', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1, waitingTimeMaxMs: 1 });
  assert.equal(enter(admission), null);
  const late = enter(admission);
  await assert.rejects(
    async () => late,
    (error) => error instanceof BerthError && error.limit === 'waiting_time_max',
  );
  assert.deepEqual(admission.load, { underWay: 1, waiting: 0, concurrency: 1 });
  admission.leave(1);
  await nextTurn();
  assert.equal(enter(admission), null);
});

test('slow requests in a busy process are worked on fewer at a time, and more again afterwards', () => {
  const settings = { ...SETTINGS, concurrentRequestsMax: 256, overloadDelayMs: 100 };
  const after = (concurrency: number, utilization: number, meanMs: number | null) =>
    adjustedConcurrency(concurrency, { utilization, meanMs }, settings);
  assert.equal(after(256, 1, 200), 204);
  assert.equal(after(256, 1, null), 204);
  // The database is slow, not the process: waiting for it costs nothing.
  assert.equal(after(256, 0.5, 200), 256);
  assert.equal(after(256, 1, 99), 256);
  assert.equal(after(100, 1, 50), 113);
  assert.equal(after(17, 1, 1000), 16);
  assert.equal(after(2, 0, null), 3);
  assert.equal(adjustedConcurrency(1, { utilization: 1, meanMs: 1000 }, { ...settings, concurrentRequestsMax: 1 }), 1);
  let concurrency = 256;
  for (let windows = 0; concurrency > 16; windows++) {
    assert.ok(windows < 30);
    concurrency = after(concurrency, 1, 1000);
  }
});

test('in an overload who comes last is let in first, and who has waited longest makes room', async () => {
  const admission = await overloaded();
  const order: string[] = [];
  const come = (name: string): void => {
    admission.ask({
      enter: () => order.push(name),
      refuse: ({ limit }) => order.push(`${name} refused: ${limit}`),
    });
  };
  for (const name of ['a', 'b', 'c', 'd']) come(name);
  while (order.length < 2) await nextTurn();
  assert.deepEqual(order, ['a refused: overload_delay', 'b refused: overload_delay']);
  for (let left = 0; left < 2; left++) {
    admission.leave(1);
    while (order.length < 3 + left) await nextTurn();
  }
  assert.deepEqual(order.slice(2), ['d', 'c']);
});

test('in an overload nobody is let in who has waited through a pause', async () => {
  const admission = await overloaded(20);
  const order: string[] = [];
  const come = (name: string): void => {
    admission.ask({ enter: () => order.push(name), refuse: () => order.push(`${name} refused`) });
  };
  for (const name of ['a', 'b', 'c']) come(name);
  while (order.length < 1) await nextTurn();
  await delay(30);
  // The first after a pause is let in; how long a turn takes is not known yet.
  admission.leave(1);
  while (order.length < 2) await nextTurn();
  admission.leave(1);
  while (order.length < 3) await nextTurn();
  assert.deepEqual(order, ['a refused', 'c', 'b refused']);
});

test('who is not refused is let in in order, also after an overload', async () => {
  const admission = await overloaded();
  // Longer than a refusal counts as late.
  await delay(150);
  const order: string[] = [];
  for (const name of ['a', 'b']) admission.ask({ enter: () => order.push(name), refuse: () => order.push('refused') });
  admission.leave(1);
  while (order.length < 1) await nextTurn();
  admission.leave(1);
  while (order.length < 2) await nextTurn();
  assert.deepEqual(order, ['a', 'b']);
});

test('a long line in a process that has time is no overload', async () => {
  const settings = { ...SETTINGS, concurrentRequestsMax: 10, waitingRequestsMax: 1000, overloadDelayMs: 5 };
  const admission = new Admission(settings);
  const counts = { served: 0, refused: 0 };
  let isOver = false;
  // Each asks again when it is answered, by a database that takes its time. 290 wait, for half a second.
  const ask = (): void => {
    admission.ask({
      enter: () =>
        setTimeout(() => {
          admission.leave(20);
          counts.served++;
          if (!isOver) ask();
        }, 20),
      refuse: () => counts.refused++,
    });
  };
  for (let client = 0; client < 300; client++) ask();
  await delay(2500);
  isOver = true;
  assert.ok(counts.served > 0);
  assert.equal(counts.refused, 0);
  while (admission.load.underWay + admission.load.waiting > 0) await delay(10);
});

/** One request is under way, two may wait, and so many have been refused for so long that it counts as overload. */
async function overloaded(overloadDelayMs = SETTINGS.overloadDelayMs): Promise<Admission> {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1, overloadDelayMs });
  let isShedding = false;
  const ask = (): void => {
    admission.ask({ enter: () => {}, refuse: ({ limit }) => (isShedding = limit === 'overload_delay') });
  };
  for (ask(); !isShedding; ) {
    // More than there are places for, one of which becomes free in each turn.
    while (admission.load.waiting < 2) ask();
    ask();
    admission.leave(1);
    await nextTurn();
  }
  while (admission.load.waiting > 0) {
    admission.leave(1);
    await nextTurn();
  }
  return admission;
}
