// Which lane a write goes to: one for all as long as that keeps up, and the same for the same thing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneChoice } from '../../src/store/lane-choice.ts';

const SUBJECTS = Array.from({ length: 200 }, (_, index) => `subject ${index}`);

/** Lanes known by their number, of which some are behind. */
function lanes({ behind = [] as readonly number[], queued = [0, 0, 0, 0] } = {}) {
  return queued.map((length, number) => ({ number, queued: length, isBehind: behind.includes(number) }));
}

function usedFor(choice: LaneChoice, some: ReturnType<typeof lanes>): ReadonlySet<number> {
  return new Set(SUBJECTS.map((subject) => choice.laneOf([subject], some).number));
}

test('all go to one lane that keeps up', () => {
  assert.deepEqual(usedFor(new LaneChoice(), lanes()), new Set([0]));
});

test('a lane that is behind brings others into use, and what went there goes on to share one', () => {
  const choice = new LaneChoice();
  const busy = lanes({ behind: [0, 1, 2, 3] });
  choice.laneOf(['anything'], busy);
  const idle = lanes();
  assert.deepEqual(usedFor(choice, idle), new Set([0, 1, 2, 3]));
  for (const subject of SUBJECTS) assert.equal(choice.laneOf([subject], idle), choice.laneOf([subject], idle));
});

test('after a while without that, one is used again', (t) => {
  let now = performance.now();
  t.mock.method(performance, 'now', () => now);
  const choice = new LaneChoice();
  choice.laneOf(['anything'], lanes({ behind: [0] }));
  now += 9_000;
  assert.equal(usedFor(choice, lanes()).size, 4);
  now += 2_000;
  assert.deepEqual(usedFor(choice, lanes()), new Set([0]));
});

test('a write about several things goes where the one goes that lanes have met on', () => {
  const choice = new LaneChoice();
  choice.laneOf(['anything'], lanes({ behind: [0] }));
  choice.met(['storage']);
  const chosen = new Set(SUBJECTS.map((subject) => choice.laneOf([subject, 'storage'], lanes()).number));
  assert.equal(chosen.size, 1);
});

test('one about nothing in particular goes to the shortest of those in use', () => {
  const choice = new LaneChoice();
  assert.equal(choice.laneOf([], lanes({ queued: [9, 0, 0, 0] })).number, 0);
  choice.laneOf(['anything'], lanes({ behind: [0] }));
  assert.equal(choice.laneOf([], lanes({ queued: [9, 2, 1, 3] })).number, 2);
});
