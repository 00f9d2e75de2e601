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
/** Of Linux, in /proc. */
const TICKS_PER_SECOND = 100;
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
    const before = processorTime();
    const result = await generator.run(load);
    const after = processorTime();
    const used = after.used - before.used;
    report(name, result, used, after.missed - before.missed);
    return { ...result, used };
  };
  await phase('warm up', null, 8, 2);
  const closed = await phase('closed loop, 32 at a time', null, 32, 4);
  const capacity = closed.perSecond;
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
  const answerCost = closed.used / answers(closed, '2');
  const refusalCost = (flooded.used - answers(flooded, '2') * answerCost) / answers(flooded, '5');
  say(`processor time of a refusal: ${micros(refusalCost)} if an answer takes ${micros(answerCost)} as before`);
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

function report(name: string, result: LoadResult, used: number, missed: number): void {
  say(`${name}: ${Math.round(result.perSecond)} answers/s, memory ${memoryMb()} MB`);
  say(`    processor: ${used.toFixed(1)} s used, ${missed.toFixed(1)} s waited for, while others had it`);
  for (const [status, { count, p50, p99, p99OfSeconds, max }] of Object.entries(result.byStatus)) {
    const [half, most, usual, all] = [p50, p99, p99OfSeconds, max].map((ms) => ms.toFixed(1));
    say(`    ${status}: ${count}, p50 ${half} ms, p99 ${most} ms (median of seconds ${usual} ms), max ${all} ms`);
  }
  const { ownDelayP99, ownUse } = result;
  say(`    generator: ${Math.round(ownUse * 100)} % of a processor, late by ${ownDelayP99.toFixed(1)} ms at p99`);
  const { unsent, broken, malformed, incomplete503 } = result;
  if (unsent + broken + malformed + incomplete503 > 0)
    say(`    ${JSON.stringify({ unsent, broken, malformed, incomplete503 })}`);
}

function memoryMb(): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${berth.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/** Seconds since the service's start: of all its threads, and in which its main thread could have run but had to wait. */
function processorTime(): { readonly used: number; readonly missed: number } {
  // What follows the command in parentheses begins with the third field; user and system time are 14 and 15.
  const fields = readFileSync(`/proc/${berth.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [, waited] = readFileSync(`/proc/${berth.pid}/task/${berth.pid}/schedstat`, 'utf8').split(' ');
  return { used: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, missed: Number(waited) / 1e9 };
}

/** Answers with such a status, those of the onset included. */
function answers({ byStatus }: LoadResult, firstDigit: string): number {
  const suitable = Object.entries(byStatus).filter(([status]) => status.replace('onset ', '').startsWith(firstDigit));
  return suitable.reduce((sum, [, { count }]) => sum + count, 0);
}

function micros(seconds: number): string {
  return `${(seconds * 1e6).toFixed(0)} µs`;
}

function good({ byStatus }: LoadResult) {
  return Object.entries(byStatus).filter(([status]) => status.startsWith('2'));
}

function ratio(one: LoadResult, other: LoadResult): string {
  const times = (name: 'p99' | 'p99OfSeconds') => {
    const worst = (result: LoadResult) => Math.max(...good(result).map(([, latencies]) => latencies[name]));
    return (worst(one) / worst(other)).toFixed(1);
  };
  return `${times('p99')} times that (medians of seconds: ${times('p99OfSeconds')})`;
}

function goodPerSecond(result: LoadResult): number {
  return good(result).reduce((sum, [, { count }]) => sum + count, 0) / seconds;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
