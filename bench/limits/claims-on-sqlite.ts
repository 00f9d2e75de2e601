// The least that a durable claim costs on SQLite: its rows, written through node:sqlite, in a transaction of its own or in
// one with others. `node bench/limits/claims-on-sqlite.ts FILE CLAIMS_PER_COMMIT SECONDS` prints what it did as JSON.

import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { ADVANCE_HOST, allocationValues, consumerValues, INSERT_ALLOCATIONS, INSERT_CONSUMER } from './claim-rows.ts';
import { printCost } from './cost.ts';

const [path = '', perCommit = '1', seconds = '1'] = process.argv.slice(2);
const file = new DatabaseSync(path);
for (const setting of ['journal_mode = WAL', 'synchronous = FULL']) file.exec(`PRAGMA ${setting}`);
const statements = [INSERT_CONSUMER, INSERT_ALLOCATIONS, ADVANCE_HOST].map((text) => file.prepare(text));
const [consumer, allocations, host] = statements;
const hosts = Number(file.prepare('SELECT count(*) AS count FROM resource_providers').get()?.count);

await printCost(Number(seconds), async (turn) => {
  file.exec('BEGIN IMMEDIATE');
  for (let index = 0; index < Number(perCommit); index += 1) {
    const uuid = randomUUID();
    const id = 1 + ((turn * 617 + index * 211) % hosts);
    host?.run(id);
    consumer?.run(...consumerValues(uuid));
    allocations?.run(...allocationValues(uuid, id));
  }
  file.exec('COMMIT');
  return Number(perCommit);
});
file.close();
