// Every race of race-stories.ts over real sockets: against one process, and against two processes on one database; on every
// database there is.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type BerthProcess, startBerth } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { tellRaceStories } from '../support/race-stories.ts';
import { assertClean } from '../support/world.ts';

for (const processCount of [1, 2]) {
  forEachDatabase(`races through ${processCount} process(es)`, (database) => {
    let place: string;
    const processes: BerthProcess[] = [];
    let clients: Client[] = [];

    before(async () => {
      place = await database.freshUrl();
      for (let index = 0; index < processCount; index += 1) processes.push(await startBerth(place));
      clients = processes.map((process) => createClient(process.url));
    });
    after(async () => {
      for (const client of clients) client.close();
      const codes = await Promise.all(processes.map((process) => process.stop()));
      assert.deepEqual(new Set(codes), new Set([0]));
      await assertClean(place);
    });

    tellRaceStories((index) => clients[index % clients.length] ?? assert.fail());
  });
}
