// No surprise at scale: while 16 clients ask for all of 10,000 hosts, how long anybody else waits for the process, and what
// garbage collection takes; and what is held in memory while 64 clients read such answers slowly. Berth alone.

import { setTimeout as pause } from 'node:timers/promises';
import { type LoadGenerator, startLoadGenerator } from '../load/generator.ts';
import type { Load } from '../load/load.ts';
import { requestText } from '../load/request-text.ts';
import { memoryMb } from '../measure/processor-time.ts';
import { readMetrics } from '../measure/read-metrics.ts';
import type { Service } from '../services/service.ts';
import { flatState } from '../states/flat.ts';
import { flatSearch } from './flat-candidates.ts';
import { newQuestions } from './new-questions.ts';
import { type Bench, type Workload, withStage } from './workload.ts';

const NAME = 'large-answers';
const HOSTS = 10_000;
const CLIENTS = 16;
const SLOW_CLIENTS = 64;
const SLOW_BYTES_PER_SECOND = 200_000;
const PROBES_PER_SECOND = 100;
const SAMPLE_MS = 200;

export const largeAnswers: Workload = {
  name: NAME,
  title: 'Large answers: delays and memory',
  databases: { sqlite: 60 },
  async run(bench, database) {
    const options = { kind: database, services: ['berth'], workers: 1 } as const;
    await withStage(bench, flatState(HOSTS), options, async ([staged]) => {
      if (staged === undefined) return;
      const prober = startLoadGenerator();
      await measureDelays(bench, staged.service, prober, 'all the same question', [flatSearch(null)]);
      const different = newQuestions((more) => flatSearch(null, more));
      await measureDelays(bench, staged.service, prober, 'each another question', different);
      await measureMemory(bench, staged.service);
      await prober.stop();
    });
  },
};

async function measureDelays(
  { generator, plan, addFact }: Bench,
  { port }: Service,
  prober: LoadGenerator,
  what: string,
  requests: readonly string[],
): Promise<void> {
  const seconds = plan.rateSeconds;
  const large: Load = {
    ...{ port, turn: 'request', requests, rate: null, clients: CLIENTS, timeoutMs: 60_000 },
    seconds,
  };
  await generator.run({ ...large, clients: 1, seconds: plan.warmUpSeconds });
  const quiet = await probe(prober, port, plan.warmUpSeconds);
  // Reading them begins a new period of the event loop's figures.
  const before = await readMetrics(port);
  const [answers, probes] = await Promise.all([generator.run(large), probe(prober, port, seconds)]);
  const after = await readMetrics(port);
  const grown = (name: string) => (after(name) ?? 0) - (before(name) ?? 0);
  const pauses = ['minor', 'major', 'incremental'].map((kind) => ({
    seconds: grown(`nodejs_gc_duration_seconds_sum{kind="${kind}"}`),
    count: grown(`nodejs_gc_duration_seconds_count{kind="${kind}"}`),
  }));
  const [minor, major, incremental] = pauses;
  addFact({
    ...{ workload: NAME, title: `${CLIENTS} clients ask for all of ${HOSTS.toLocaleString('en')} hosts, ${what}` },
    ...{ database: 'sqlite', service: 'berth' },
    values: {
      'answers a second': (answers.done * 1000) / answers.tookMs,
      'p99 of them, ms': answers.p99Ms,
      'a version document beside them, p50 ms': probes.p50Ms,
      'p99 ms': probes.p99Ms,
      'most, ms': probes.maxMs,
      'the same on a quiet service, p99 ms': quiet.p99Ms,
      'event loop delay p99 as Berth says, ms': 1000 * (after('nodejs_eventloop_lag_p99_seconds') ?? Number.NaN),
      'collections, minor': `${minor?.count} of ${mean(minor)} ms`,
      'collections, major': `${major?.count} of ${mean(major)} ms`,
      'collections, incremental': `${incremental?.count} of ${mean(incremental)} ms`,
    },
  });
}

function mean(pauses: { readonly seconds: number; readonly count: number } | undefined): string {
  return pauses === undefined || pauses.count === 0 ? '0' : ((1000 * pauses.seconds) / pauses.count).toFixed(1);
}

function probe(prober: LoadGenerator, port: number, seconds: number) {
  const load = { port, turn: 'request', requests: [requestText('GET', '/')], timeoutMs: 10_000 } as const;
  return prober.run({ ...load, rate: PROBES_PER_SECOND, clients: 64, seconds });
}

async function measureMemory({ generator, plan, addFact }: Bench, { port, pid }: Service): Promise<void> {
  const before = memoryMb(pid);
  const timeoutMs = plan.quick ? 4_000 : 10_000;
  const state = { ended: false };
  const reading = generator
    .run({
      ...{ port, turn: 'request', requests: [flatSearch(null)], rate: null, clients: SLOW_CLIENTS, timeoutMs },
      ...{ seconds: 1, turnsMax: SLOW_CLIENTS, readBytesPerSecond: SLOW_BYTES_PER_SECOND },
    })
    .finally(() => {
      state.ended = true;
    });
  let most = before;
  while (!state.ended) {
    most = Math.max(most, memoryMb(pid));
    await pause(SAMPLE_MS);
  }
  await reading;
  addFact({
    ...{ workload: NAME, title: `${SLOW_CLIENTS} clients read them at ${SLOW_BYTES_PER_SECOND / 1000} kB a second` },
    ...{ database: 'sqlite', service: 'berth' },
    values: { 'memory before, MB': before, 'most memory, MB': most, 'afterwards, MB': memoryMb(pid) },
  });
}
