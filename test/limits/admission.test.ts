// Who is let in, who waits and who is refused, without a clock: what depends on time is in overload.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BerthError } from '../../src/domain/errors/declare.ts';
import { Admission, adjustedConcurrency } from '../../src/http/admission.ts';

const SETTINGS = {
  concurrentRequestsMax: 2,
  waitingRequestsMax: 2,
  waitingTimeMaxMs: 60_000,
  overloadDelayMs: 60_000,
};

test('so many are let in, so many wait in order, and the rest is refused', async () => {
  const admission = new Admission(SETTINGS);
  assert.equal(admission.enter(), null);
  assert.equal(admission.enter(), null);
  const entered: number[] = [];
  const third = admission.enter()?.then(() => entered.push(3));
  const fourth = admission.enter()?.then(() => entered.push(4));
  assert.deepEqual(admission.load, { underWay: 2, waiting: 2, concurrency: 2 });
  assert.throws(
    () => admission.enter(),
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
  assert.equal(admission.enter(), null);
});

test('nobody overtakes those who wait', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1 });
  assert.equal(admission.enter(), null);
  const second = admission.enter();
  admission.leave(1);
  const third = admission.enter();
  assert.ok(second !== null && third !== null);
  await second;
  assert.deepEqual(admission.load, { underWay: 1, waiting: 1, concurrency: 1 });
  admission.leave(1);
  await third;
  admission.leave(1);
});

test('a turn that has worked long takes in no more; the next turns do', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 100, waitingRequestsMax: 100 });
  assert.equal(admission.enter(), null);
  for (const began = performance.now(); performance.now() - began < 10; ); // works
  const waits = [admission.enter(), admission.enter()];
  assert.ok(!waits.includes(null));
  await Promise.all(waits);
  assert.deepEqual(admission.load, { underWay: 3, waiting: 0, concurrency: 100 });
});

test('who cannot be let in is told so at once while there is time in the turn, and in the next turns otherwise', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1, waitingRequestsMax: 0 });
  assert.equal(admission.enter(), null);
  assert.throws(() => admission.enter(), BerthError);
  for (const began = performance.now(); performance.now() - began < 10; ); // works
  const later = Array.from({ length: 1000 }, () => admission.enter());
  assert.deepEqual(admission.load, { underWay: 1, waiting: 0, concurrency: 1 });
  const outcomes = await Promise.allSettled(later);
  for (const outcome of outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof BerthError);
    assert.equal(outcome.reason.limit, 'waiting_requests_max');
  }
  admission.leave(1);
  assert.equal(admission.enter(), null);
});

test('who waits too long is refused, and the line goes on', async () => {
  const admission = new Admission({ ...SETTINGS, concurrentRequestsMax: 1, waitingTimeMaxMs: 1 });
  assert.equal(admission.enter(), null);
  const late = admission.enter();
  await assert.rejects(
    async () => late,
    (error) => error instanceof BerthError && error.limit === 'waiting_time_max',
  );
  assert.deepEqual(admission.load, { underWay: 1, waiting: 0, concurrency: 1 });
  admission.leave(1);
  await nextTurn();
  assert.equal(admission.enter(), null);
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
