// Two Berth processes on one fresh database, for the tests of a suite: what one of them does, the other has not heard of.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { type BerthProcess, serveBerth } from './berth-process.ts';
import { type Client, createClient } from './client.ts';
import type { TestedDatabase } from './databases/for-each-database.ts';
import { assertClean } from './world.ts';

/**
 * Starts them before the tests of the suite in which it is called; afterwards stops them and audits the database. Returns
 * their clients, by number: there are two, and a higher number is one of the two as well.
 */
export function serveTwoProcesses(database: TestedDatabase): (index: number) => Client {
  let place: string;
  let processes: readonly BerthProcess[] = [];
  let clients: readonly Client[] = [];

  before(async () => {
    place = await database.freshUrl();
    const words = ['--dev', '--port', '0', '--database', place];
    processes = [await serveBerth(words, place), await serveBerth(words, place)];
    clients = processes.map((process) => createClient(process.url));
  });
  after(async () => {
    for (const client of clients) client.close();
    await Promise.all(processes.map((process) => process.stop()));
    await assertClean(place);
  });

  return (index) => clients[index % clients.length] ?? assert.fail('the processes do not run yet');
}
