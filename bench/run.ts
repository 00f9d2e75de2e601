// `npm run bench`: runs the workloads on Berth and, where it is installed, on the peer, and writes a table and a JSON file.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { availableDatabases } from '../test/support/databases/available-databases.ts';
import { Limits } from './limits/limits.ts';
import { startLoadGenerator } from './load/generator.ts';
import { WRONG } from './measure/check-sums.ts';
import { FULL, QUICK } from './measure/plan.ts';
import { parseOptions, USAGE } from './options.ts';
import { machine } from './report/machine.ts';
import { markdownOf } from './report/markdown.ts';
import type { Fact, Row } from './report/results.ts';
import { factSummary, summaryOf } from './report/summary.ts';
import { peerIsInstalled } from './services/peer.ts';
import { TITLES, WORKLOADS } from './workloads/all.ts';
import type { Bench } from './workloads/workload.ts';

const words = process.argv.slice(2);
if (words.includes('--help')) {
  process.stdout.write(`${USAGE}\nworkloads: ${WORKLOADS.map(({ name }) => name).join(', ')}\n`);
  process.exit(0);
}
const options = parseOptions(words);
const unknown = options.only?.find((wanted) => WORKLOADS.every(({ name }) => name !== wanted));
if (unknown !== undefined) {
  throw new Error(`there is no workload ${unknown}: ${WORKLOADS.map(({ name }) => name).join(', ')}`);
}

const startedAt = new Date();
// Once, at the beginning: the results themselves change what is committed.
const about = machine(options.workers);
const rows: Row[] = [];
const facts: Fact[] = [];
let failed = false;
const withPeer = options.withPeer && peerIsInstalled();
if (options.withPeer && !withPeer)
  say('OpenStack Placement is not installed (.ci/databases installs it): Berth alone.');
const plan = options.quick ? QUICK : FULL;
const generator = startLoadGenerator();
const addFact = (fact: Fact) => {
  facts.push(fact);
  say(factSummary(fact));
  write();
};
let lateAt = Number.POSITIVE_INFINITY;
const bench: Bench = {
  ...{ plan, generator, addFact },
  limits: new Limits(generator, plan.limitSeconds, addFact),
  services: withPeer ? ['berth', 'peer'] : ['berth'],
  workers: options.workers,
  say,
  isLate: () => performance.now() > lateAt,
  addRow(row) {
    rows.push(row);
    if (row.checks.some((check) => check.startsWith(WRONG))) fail(`${row.title}: sums are wrong`);
    for (const line of summaryOf(row)) say(line);
    write();
  },
};

for (const workload of WORKLOADS) {
  if (options.only !== null && !options.only.includes(workload.name)) continue;
  for (const database of options.databases) {
    const seconds = workload.databases[database];
    if (seconds === undefined) continue;
    if (!availableDatabases().has(database)) {
      say(`${workload.name} NOT MEASURED on ${database}: it is not installed (.ci/databases installs it)`);
      continue;
    }
    say(`${workload.title}, ${database} (${Math.round((Date.now() - startedAt.getTime()) / 1000)} s)`);
    lateAt = performance.now() + seconds * 1000;
    try {
      await workload.run(bench, database);
    } catch (error) {
      // The others may still tell something; a run of half an hour does not end for one of them.
      fail(`${workload.name} on ${database} broke off: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
if (options.only === null) await bench.limits.reportDisk();
await generator.stop();
say(`written: ${options.out}.md, ${options.out}.json`);
process.exit(failed ? 1 : 0);

/** After every case: a run that breaks off leaves what it found. */
function write(): void {
  const tookSeconds = (Date.now() - startedAt.getTime()) / 1000;
  const command = ['npm run bench', ...(words.length === 0 ? [] : ['--', ...words])].join(' ');
  const results = { startedAt: startedAt.toISOString(), tookSeconds, command, machine: about, rows, facts };
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(`${options.out}.json`, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(`${options.out}.md`, markdownOf(results, TITLES));
}

function fail(line: string): void {
  failed = true;
  say(line);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
