// The least that a durable claim costs on SQLite: its rows, written through node:sqlite, in a transaction of its own or in
// one with others. `node bench/limits/claims-on-sqlite.ts FILE CLAIMS_PER_COMMIT SECONDS` prints what it did as JSON.

import { DatabaseSync } from 'node:sqlite';
import { claimStatements, newClaims } from './claim-rows.ts';
import { printCost } from './cost.ts';

const path = process.argv[2] ?? '';
const [perCommit = 1, seconds = 1] = process.argv.slice(3).map(Number);
const file = new DatabaseSync(path);
for (const setting of ['journal_mode = WAL', 'synchronous = FULL']) file.exec(`PRAGMA ${setting}`);
const hosts = Number(file.prepare('SELECT count(*) AS count FROM resource_providers').get()?.count);
const statements = claimStatements(perCommit).map(({ text, values }) => ({ prepared: file.prepare(text), values }));
const [begin, commit] = [file.prepare('BEGIN IMMEDIATE'), file.prepare('COMMIT')];

await printCost(seconds, async (turn) => {
  const claims = newClaims(perCommit, turn, hosts);
  begin.run();
  for (const { prepared, values } of statements) prepared.run(...values(claims));
  commit.run();
  return perCommit;
});
file.close();
