// How many of the writes that wait share a commit: all that may, or, where the process is free while the database works,
// half of them, so that one half is read and answered while the other is committed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../../src/cli/open-store.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { shareOf } from '../../src/store/lane-batch.ts';
import { ensureProject } from '../../src/store/records/consumers.ts';
import { WriteLane } from '../../src/store/write-lane.ts';
import { connectTo } from '../support/databases/connect.ts';
import { sharedServer } from '../support/databases/shared-server.ts';

const WAITING = 100;

test('a share is at most half of those who wait when they are many, and never more than the most', () => {
  const limits = { batchMax: 64, inHalves: true };
  const shares = [1, 32, 33, 64, 65, 100, 128, 500].map((waiting) => Math.min(waiting, shareOf(waiting, limits)));
  assert.deepEqual(shares, [1, 32, 32, 32, 33, 50, 64, 64]);
  assert.equal(shareOf(500, { batchMax: 64 }), 64);
});

for (const { inHalves, sizes } of [
  { inHalves: true, sizes: [50, 32, 18] },
  { inHalves: false, sizes: [64, 36] },
]) {
  test(`a lane commits them ${inHalves ? 'in halves' : 'as they come'}`, async () => {
    const server = await sharedServer('sqlite');
    const name = await server.createDatabase();
    await (await openStore(developmentSettings({ url: server.url(name) }).database)).close();
    const committed: number[] = [];
    const lane = new WriteLane({
      connect: () => connectTo(server, name),
      begin: 'BEGIN IMMEDIATE',
      ...{ batchMax: 64, inHalves, deadlineMs: 60_000 },
      now: () => new Date(),
      observe: (event) => {
        if (event.kind === 'committed') committed.push(event.requests);
      },
    });
    await Promise.all(
      Array.from({ length: WAITING }, (_, index) => lane.write((tx) => ensureProject(tx, `project ${index}`))),
    );
    await lane.close();
    assert.deepEqual(committed, sizes);
  });
}
