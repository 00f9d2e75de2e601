// What an overload does: the service is asked for half of what it can do, then for four times as much, then for half of
// it again. Prints latencies of the answers that were given, as ratios of the first phase, and what was refused.
//
//     node bench/overload.ts [seconds of each phase] [searches]

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BERTH, temporaryFolder } from '../test/support/berth-process.ts';
import { createClient } from '../test/support/client.ts';
import { type LoadResult, requestText, startLoadGenerator } from '../test/support/load-generator.ts';
import { makeProvider } from '../test/support/world.ts';

const PROVIDERS = 200;
const OVERLOAD = 4;
const CONNECTIONS = 3000;
/** Until then a line is tolerated as a burst (docs/limits.md), and served. Told apart. */
const ONSET_SECONDS = 5;

const seconds = Number(process.argv[2] ?? 10);
const onlySearches = process.argv[3] === 'searches';
const folder = temporaryFolder();
const words = ['serve', '--dev', '--port', '0', '--data', `${folder.path}/data.sqlite`];
// The log goes where it costs what it costs in production: to a file that nobody reads along.
const berth = spawn(BERTH, words, { stdio: ['ignore', 'pipe', 'ignore'] });
const url = await new Promise<string>((resolve) => {
  createInterface({ input: berth.stdout }).on('line', (line) => {
    const found = /^Berth listens on (\S+)/.exec(line)?.[1];
    if (found !== undefined) resolve(found);
  });
});
const port = Number(new URL(url).port);
const generator = startLoadGenerator();
try {
  await run();
} finally {
  await generator.stop();
  berth.kill('SIGTERM');
  folder.remove();
}

async function run(): Promise<void> {
  const requests = onlySearches ? await wideWorld() : await mixedWorld();
  const phase = async (name: string, rate: number | null, connectionsMax: number, length = seconds, onset = 0) => {
    const load = { port, requests, seconds: length, rate, connectionsMax, onsetSeconds: onset };
    const result = await generator.run(load);
    report(name, result);
    return result;
  };
  await phase('warm up', null, 8, 2);
  const capacity = (await phase('closed loop, 32 at a time', null, 32, 4)).perSecond;
  const calm = await phase('half the capacity', capacity / 2, CONNECTIONS);
  const flooded = await phase(
    `${OVERLOAD} times the capacity`,
    capacity * OVERLOAD,
    CONNECTIONS,
    seconds + ONSET_SECONDS,
    ONSET_SECONDS,
  );
  const again = await phase('half the capacity again', capacity / 2, CONNECTIONS);
  say(`p99 of answers under overload: ${ratio(flooded, calm)} of the calm phase; afterwards ${ratio(again, calm)}`);
  say(`answered under overload: ${Math.round((100 * goodPerSecond(flooded)) / capacity)} % of the capacity`);
}

async function mixedWorld(): Promise<readonly string[]> {
  const client = createClient(url);
  const uuids: string[] = [];
  for (let index = 0; index < PROVIDERS; index++) {
    uuids.push(await makeProvider(client, { VCPU: 2_000_000, MEMORY_MB: 2_000_000_000, DISK_GB: 2_000_000_000 }));
  }
  client.close();
  const search = requestText('GET', '/allocation_candidates?resources=VCPU:1,MEMORY_MB:512&limit=10');
  return uuids.flatMap((uuid) => [
    search,
    search,
    search,
    requestText('GET', `/resource_providers/${uuid}/inventories`),
    requestText('PUT', '/allocations/{uuid}', {
      allocations: { [uuid]: { resources: { VCPU: 1, MEMORY_MB: 512 } } },
      project_id: 'project',
      user_id: 'user',
      consumer_generation: null,
      consumer_type: 'INSTANCE',
    }),
  ]);
}

/** Searches of many milliseconds each. */
async function wideWorld(): Promise<readonly string[]> {
  const client = createClient(url);
  for (let index = 0; index < 2000; index++) await makeProvider(client, { VCPU: 64, MEMORY_MB: 65_536 });
  client.close();
  return [requestText('GET', '/allocation_candidates?resources=VCPU:1,MEMORY_MB:512')];
}

function report(name: string, result: LoadResult): void {
  say(`${name}: ${Math.round(result.perSecond)} answers/s, memory ${memoryMb()} MB`);
  for (const [status, { count, p50, p99, max }] of Object.entries(result.byStatus)) {
    say(`    ${status}: ${count}, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`);
  }
  const { unsent, broken, malformed, incomplete503 } = result;
  if (unsent + broken + malformed + incomplete503 > 0)
    say(`    ${JSON.stringify({ unsent, broken, malformed, incomplete503 })}`);
}

function memoryMb(): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${berth.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

function good({ byStatus }: LoadResult) {
  return Object.entries(byStatus).filter(([status]) => status.startsWith('2'));
}

function ratio(one: LoadResult, other: LoadResult): string {
  const p99 = (result: LoadResult) => Math.max(...good(result).map(([, latencies]) => latencies.p99));
  return `${(p99(one) / p99(other)).toFixed(1)} times that`;
}

function goodPerSecond(result: LoadResult): number {
  return good(result).reduce((sum, [, { count }]) => sum + count, 0) / seconds;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
