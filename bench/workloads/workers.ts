// Berth in one process and in two: searches and claims of 64 clients. The load generator and the database server need the
// cores too, so on a machine of two the second process cannot double anything; its processor time is told beside.

import { measureWindow } from '../measure/window.ts';
import { roomyState } from '../states/flat.ts';
import { spreadClaims } from './claims.ts';
import { flatSearch } from './flat-candidates.ts';
import { newQuestions } from './new-questions.ts';
import { type Workload, withStage } from './workload.ts';

const NAME = 'workers';
const HOSTS = 1_000;
const CLIENTS = 64;

const LOADS = [
  { title: 'candidates, limit=10', requests: newQuestions((more) => flatSearch(10, more)) },
  { title: 'claims spread over 1,000 hosts', requests: spreadClaims() },
];

export const workers: Workload = {
  name: NAME,
  title: `One process and two, ${CLIENTS} clients`,
  databases: { sqlite: 60, mysql: 60 },
  async run(bench, database) {
    for (const count of [1, 2]) {
      const options = { kind: database, services: ['berth'], workers: count } as const;
      await withStage(bench, roomyState(HOSTS), options, async ([staged]) => {
        if (staged === undefined) return;
        for (const { title, requests } of LOADS) {
          const load = { turn: 'request', requests, rate: null, clients: CLIENTS, timeoutMs: 10_000 } as const;
          await measureWindow(bench.generator, staged, { ...load, seconds: bench.plan.warmUpSeconds });
          const seen = await measureWindow(bench.generator, staged, { ...load, seconds: bench.plan.loadSeconds });
          bench.addFact({
            ...{ workload: NAME, title: `${title}, ${count} ${count === 1 ? 'process' : 'processes'}`, database },
            service: 'berth',
            values: {
              'a second': (seen.done * 1000) / seen.tookMs,
              'processor time of one, ms': (seen.serverMs + seen.databaseMs) / seen.done,
              'p50, ms': seen.p50Ms,
              'p99, ms': seen.p99Ms,
              'cores that Berth used': seen.serverMs / seen.tookMs,
              'that the database server used': seen.databaseMs / seen.tookMs,
              'that the load generator used': seen.generatorMs / seen.tookMs,
            },
          });
        }
      });
    }
  },
};
