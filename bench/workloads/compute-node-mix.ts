// What a compute node's agent asks again and again: its tree, its inventories, aggregates, traits, allocations and usages;
// and what it writes without a change.

import { requestText } from '../load/request-text.ts';
import type { Stage } from '../measure/measure-case.ts';
import { hostUuid, roomyState, TRAIT } from '../states/flat.ts';
import { type Bench, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'compute-node-mix';
const HOSTS = 1_000;
/** Hosts whose agents ask, each with some instances. */
const ASKING = 50;
const INSTANCES = 4;
/** One of the state itself, and one of each claim. */
const GENERATION = 1 + INSTANCES;

export const computeNodeMix: Workload = {
  name: NAME,
  title: 'What a compute node asks periodically',
  databases: { sqlite: 80, mysql: 80 },
  async run(bench, database) {
    await withStage(bench, roomyState(HOSTS), { kind: database }, async (stage) => {
      await makeInstances(bench, stage);
      await reportCase(bench, stage, bench.plan, {
        ...{ workload: NAME, title: 'reads, and one write that changes nothing, of seven', database },
        ...{ turn: 'request', requests: askingHosts().flatMap(requestsOf), goals: { cost: 30 } },
        rates: { both: 20, berth: 500 },
        limit: (_clients, answerBytes) => bench.limits.answer(answerBytes),
      });
    });
  },
};

function askingHosts(): readonly string[] {
  return Array.from({ length: ASKING }, (_, index) => hostUuid(index * (HOSTS / ASKING)));
}

function requestsOf(host: string): readonly string[] {
  const path = `/resource_providers/${host}`;
  return [
    requestText('GET', `/resource_providers?in_tree=${host}`),
    ...['inventories', 'aggregates', 'traits', 'allocations', 'usages'].map((what) =>
      requestText('GET', `${path}/${what}`),
    ),
    requestText('PUT', `${path}/traits`, { traits: [TRAIT], resource_provider_generation: GENERATION }),
  ];
}

async function makeInstances({ generator }: Bench, stage: Stage): Promise<void> {
  const requests = askingHosts().map((host) =>
    requestText('PUT', '/allocations/{uuid}', {
      allocations: { [host]: { resources: { VCPU: 1, MEMORY_MB: 256, DISK_GB: 10 } } },
      ...{ project_id: 'bench', user_id: 'bench', consumer_generation: null, consumer_type: 'INSTANCE' },
    }),
  );
  const load = { turn: 'request', requests, rate: null, clients: 1, seconds: 60, timeoutMs: 10_000 } as const;
  for (const { service } of stage) {
    const { done } = await generator.run({ ...load, port: service.port, turnsMax: ASKING * INSTANCES });
    if (done !== ASKING * INSTANCES) throw new Error(`${service.name} made ${done} instances only`);
  }
}
