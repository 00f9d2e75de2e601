// Deadlines of one length share a timer: each is called once it is due and not before, unless it was ended, in whatever
// order they end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { type Deadline, Deadlines } from '../../src/timing/deadlines.ts';

const LENGTH_MS = 15;

test('those that do not end are called, in the order in which they began, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 6 }), ends: fc.constantFrom(...[null, 0, 1, 2, 5]) }), {
        maxLength: 12,
      }),
      async (plans) => {
        const deadlines = new Deadlines(LENGTH_MS);
        const called: number[] = [];
        const begun: Deadline[] = [];
        const ended = new Set<number>();
        for (const [index, { pauseMs, ends }] of plans.entries()) {
          const at = performance.now();
          const deadline = deadlines.begin(() => {
            assert.ok(performance.now() - at >= LENGTH_MS, 'called too early');
            called.push(index);
          });
          begun.push(deadline);
          if (pauseMs > 0) await pause(pauseMs);
          // One that began so many before this one.
          const earlier = ends === null ? -1 : index - ends;
          const other = begun[earlier];
          if (other === undefined || ended.has(earlier)) continue;
          deadlines.end(other);
          if (!called.includes(earlier)) ended.add(earlier);
        }
        const expected = plans.map((_, index) => index).filter((index) => !ended.has(index));
        for (let waits = 0; called.length < expected.length && waits < 100; waits += 1) await pause(LENGTH_MS);
        await pause(LENGTH_MS);
        assert.deepEqual(called, expected);
      },
    ),
    { numRuns: 40 },
  );
});

test('work that is in time is not touched, and work that is late is answered for', async () => {
  const deadlines = new Deadlines(LENGTH_MS);
  const late = (): Error => new Error('late');
  assert.equal(await deadlines.inTime(Promise.resolve('done'), late), 'done');
  await assert.rejects(deadlines.inTime(Promise.reject(new Error('failed')), late), /failed/);
  await assert.rejects(deadlines.inTime(pause(3 * LENGTH_MS), late), /late/);
  await assert.rejects(
    deadlines.inTime(
      pause(3 * LENGTH_MS).then(() => Promise.reject(new Error('x'))),
      late,
    ),
    /late/,
  );
});

test('one that is due may begin another', async () => {
  const deadlines = new Deadlines(LENGTH_MS);
  let times = 0;
  await new Promise<void>((resolve) => {
    const again = (): void => {
      times += 1;
      if (times === 3) resolve();
      else deadlines.begin(again);
    };
    deadlines.begin(again);
    void pause(10 * LENGTH_MS).then(resolve);
  });
  assert.equal(times, 3);
});
