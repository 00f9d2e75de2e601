// Claims by new consumers: spread over many hosts, all on one, and each with a share of one storage provider as well.
// What the service acknowledged is counted, and must be what it says is used afterwards.

import { requestText } from '../load/request-text.ts';
import { checkSums } from '../measure/check-sums.ts';
import type { Goals } from '../report/results.ts';
import { hostUuid, roomyState, sharedStorageState } from '../states/flat.ts';
import type { State } from '../states/state.ts';
import { checkEach, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'claims';
const HOSTS = 1_000;
/** Neighbours in the list of requests are not neighbours in the table: prime to the number of hosts. */
const STRIDE = 617;

const HELD = { VCPU: 1, MEMORY_MB: 256 };
const STORED = { DISK_GB: 10 };
const CLAIMED = { ...HELD, ...STORED };

interface Pattern {
  readonly title: string;
  readonly state: State;
  readonly requests: readonly string[];
  readonly goals: Goals;
}

const PATTERNS: readonly Pattern[] = [
  {
    title: 'spread over 1,000 hosts',
    state: roomyState(HOSTS),
    requests: spreadClaims(),
    goals: { cost: 30 },
  },
  {
    title: 'all on one host',
    state: roomyState(HOSTS),
    requests: [claim({ [hostUuid(0)]: { resources: CLAIMED } })],
    goals: { cost: 30, throughput: 100 },
  },
  {
    title: 'spread, and all on one storage provider',
    state: sharedStorageState(HOSTS),
    requests: forEachHost((host) => ({ [host]: { resources: HELD }, [hostUuid(HOSTS)]: { resources: STORED } })),
    goals: { cost: 30, throughput: 100 },
  },
];

export const claims: Workload = {
  name: NAME,
  title: 'Claims by new consumers',
  databases: { sqlite: 240, mysql: 240 },
  async run(bench, database) {
    for (const { title, state, requests, goals } of bench.plan.quick ? PATTERNS.slice(0, 2) : PATTERNS) {
      await withStage(bench, state, { kind: database }, async (stage) => {
        await reportCase(bench, stage, bench.plan, {
          ...{ workload: NAME, title, database, turn: 'request', requests, goals },
          rates: { both: 10, berth: 300 },
          limit: (clients) => bench.limits.claim(database, clients),
          roundsForAll: true,
          check: checkEach((service, figures) => checkSums(service, figures, CLAIMED)),
        });
      });
    }
  },
};

export function spreadClaims(): readonly string[] {
  return forEachHost((host) => ({ [host]: { resources: CLAIMED } }));
}

function forEachHost(allocations: (host: string) => object): readonly string[] {
  return Array.from({ length: HOSTS }, (_, index) => claim(allocations(hostUuid((index * STRIDE) % HOSTS))));
}

function claim(allocations: object): string {
  return requestText('PUT', '/allocations/{uuid}', {
    allocations,
    ...{ project_id: 'bench', user_id: 'bench', consumer_generation: null, consumer_type: 'INSTANCE' },
  });
}
