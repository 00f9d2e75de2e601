// What causal reads cost on a Galera cluster of three nodes: the check that the model in memory makes before a read, and a
// whole search for candidates with it, with `wsrep_sync_wait` as Berth sets it and without, in turns; first on a quiet
// cluster, then while another node is written to. Prints medians and their ratio.
//
//     node bench/galera-causal-reads.ts [seconds of each phase]

import { parseCandidateQuery } from '../src/candidates/parse-candidate-query.ts';
import { searchCandidates } from '../src/candidates/search.ts';
import { microversion } from '../src/domain/microversion.ts';
import { KeptModel } from '../src/model/kept-model.ts';
import { connectMysql } from '../src/store/mysql/connection.ts';
import { ReadPool } from '../src/store/read-pool.ts';
import { Store } from '../src/store/store.ts';
import { serveBerth } from '../test/support/berth-process.ts';
import { type Client, createClient } from '../test/support/client.ts';
import { startGalera } from '../test/support/databases/galera.ts';
import { claim, makeProvider } from '../test/support/world.ts';

const PROVIDERS = 100;
const DEADLINE_MS = 10_000;
const WRITERS = 2;
const QUERY = parseCandidateQuery(
  [
    ['resources', 'VCPU:1,MEMORY_MB:512'],
    ['limit', '10'],
  ],
  microversion(39),
);

interface Reader {
  readonly name: string;
  readonly store: Store;
  readonly model: KeptModel;
  readonly checks: number[];
  readonly searches: number[];
}

const seconds = Number(process.argv[2] ?? 10);
const cluster = await startGalera(3);
try {
  await run();
} finally {
  await cluster.stop();
}

async function run(): Promise<void> {
  const database = await cluster.node(0).createDatabase();
  const url = cluster.node(0).url(database);
  const berth = await serveBerth(['--dev', '--port', '0', '--database', url], url);
  const client = createClient(berth.url);
  const providers: string[] = [];
  while (providers.length < PROVIDERS) {
    providers.push(await makeProvider(client, { VCPU: 1_000_000, MEMORY_MB: 1_000_000 }));
  }
  const readers = [openReader('without', database, 0), openReader('with', database, 1)];
  for (const reader of readers) await search(reader);

  await measure('quiet', readers);
  const writing = { stop: false };
  const writers = Array.from({ length: WRITERS }, () => write(client, providers, writing));
  await measure('written to through another node', readers);
  writing.stop = true;
  await Promise.all(writers);

  for (const { store } of readers) await store.close();
  client.close();
  await berth.stop();
}

/** Reads through node 1, while Berth writes through node 0. */
function openReader(name: string, database: string, syncWait: number): Reader {
  const driver = { host: '127.0.0.1', port: cluster.node(1).port, user: 'root', database };
  const session = [
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    `SET SESSION wsrep_sync_wait = ${syncWait}`,
  ];
  const reads = new ReadPool({
    connect: () => connectMysql({ driver, statementTimeoutMs: DEADLINE_MS, session }),
    connectionsMax: 4,
    begin: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    deadlineMs: DEADLINE_MS,
  });
  const store = new Store({ reads, lanes: [], foreignCommits: undefined, reusesIds: false, afterClose: () => {} });
  const model = new KeptModel((wanted) => store.poll(wanted));
  return { name, store, model, checks: [], searches: [] };
}

async function measure(phase: string, readers: readonly Reader[]): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (const reader of readers) {
    reader.checks.length = 0;
    reader.searches.length = 0;
  }
  while (performance.now() < end) {
    for (const reader of readers) {
      reader.checks.push(await timed(() => reader.model.read(() => undefined)));
      reader.searches.push(await timed(() => search(reader)));
    }
  }
  const [without, causal] = readers;
  if (without === undefined || causal === undefined) throw new Error('there are two readers');
  report(phase, 'check', without.checks, causal.checks);
  report(phase, 'candidates', without.searches, causal.searches);
}

function search({ model }: Reader): Promise<number> {
  return model.read(
    (now) =>
      searchCandidates(now, QUERY, { maxCandidates: null, strategy: 'depth-first', random: null }).allocationRequests
        .length,
  );
}

async function write(client: Client, providers: readonly string[], writing: { readonly stop: boolean }): Promise<void> {
  for (let step = 0; !writing.stop; step += 1) {
    await claim(client, { [providers[step % providers.length] ?? '']: { VCPU: 1 } });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function report(phase: string, what: string, without: readonly number[], causal: readonly number[]): void {
  const [before, after] = [quantile(without, 0.5), quantile(causal, 0.5)];
  const tails = `p95 ${quantile(without, 0.95).toFixed(2)} → ${quantile(causal, 0.95).toFixed(2)} ms`;
  process.stdout.write(
    `${phase}: ${what} ${before.toFixed(2)} → ${after.toFixed(2)} ms, ratio ${(after / before).toFixed(2)} ` +
      `(${tails}, ${without.length} each)\n`,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
