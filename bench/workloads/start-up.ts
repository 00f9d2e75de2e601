// A start with many providers: until the first answer, until the first candidates, and the memory that it takes then.

import { memoryMb, processorTimeMs } from '../measure/processor-time.ts';
import { measureWindow } from '../measure/window.ts';
import type { ServiceName } from '../services/service.ts';
import type { BenchDatabase } from '../services/stage.ts';
import { flatState } from '../states/flat.ts';
import { flatSearch } from './flat-candidates.ts';
import { type Bench, type Workload, withStage } from './workload.ts';

const NAME = 'start-up';
const SEARCHES_SECONDS = 1;

export const startUp: Workload = {
  name: NAME,
  title: 'Start',
  databases: { sqlite: 150, mysql: 90 },
  async run(bench, database) {
    for (const size of sizes(bench, database)) {
      // The peer keeps nothing in memory: its start is the same with any number.
      await measureStart(bench, database, size, size === 10_000 ? bench.services : ['berth']);
    }
  },
};

function sizes({ plan }: Bench, database: BenchDatabase): readonly number[] {
  if (plan.quick) return [10_000];
  return database === 'sqlite' ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
}

async function measureStart(
  bench: Bench,
  database: BenchDatabase,
  size: number,
  services: readonly ServiceName[],
): Promise<void> {
  await withStage(bench, flatState(size), { kind: database, services }, async (stage) => {
    for (const staged of stage) {
      const { name, pid, startMs } = staged.service;
      const processorMs = processorTimeMs(pid);
      const startedMb = memoryMb(pid);
      const load = { turn: 'request', requests: [flatSearch(10)], rate: null, clients: 1, timeoutMs: 60_000 } as const;
      const first = await measureWindow(bench.generator, staged, { ...load, seconds: 60, turnsMax: 1 });
      const then = await measureWindow(bench.generator, staged, { ...load, seconds: SEARCHES_SECONDS });
      bench.addFact({
        ...{ workload: NAME, title: `${size.toLocaleString('en')} providers`, database, service: name },
        values: {
          'start, s': startMs / 1000,
          'processor time, s': processorMs / 1000,
          'memory, MB': startedMb,
          'first candidates, limit=10, ms': first.p50Ms,
          'candidates then, p50 ms': then.p50Ms,
          'processor time of them, ms': (then.serverMs + then.databaseMs) / then.done,
          goal: size === 1_000_000 ? 'under 20 s, 2,000 MB, and 5 ms' : '',
        },
      });
    }
  });
}
