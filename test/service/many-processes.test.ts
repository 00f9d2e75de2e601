// P2, P3 and P4 between processes: three of them, one of which has two workers, on one database of each kind. What they
// promise together is checked by every answer on the way and by the audit at the end.
//
// BERTH_ROUNDS sets how often the shorter stories are told (200 by default; 10,000 for a thorough run).

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type BerthProcess, failuresIn, serveBerth } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { tellSharedDatabaseStories } from '../support/shared-database-stories.ts';
import { assertClean } from '../support/world.ts';

const ROUNDS = Number(process.env.BERTH_ROUNDS ?? 200);

forEachDatabase('three processes', (database) => {
  let place: string;
  let processes: readonly BerthProcess[];
  let clients: readonly Client[];

  before(async () => {
    place = await database.freshUrl();
    const words = ['--dev', '--port', '0', '--database', place];
    // All at once on an empty database: who makes the schema is settled between them.
    processes = await Promise.all([
      serveBerth([...words, '--workers', '2'], place),
      serveBerth(words, place),
      serveBerth(words, place),
    ]);
    clients = processes.map((process) => createClient(process.url));
  });
  after(async () => {
    for (const client of clients) client.close();
    const codes = await Promise.all(processes.map((process) => process.stop()));
    assert.deepEqual(new Set(codes), new Set([0]));
    assert.deepEqual(processes.flatMap(failuresIn), []);
    await assertClean(place);
  });

  tellSharedDatabaseStories({ kind: database.kind, rounds: ROUNDS, readRounds: ROUNDS, clients: () => clients });
});
