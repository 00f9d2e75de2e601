// Candidates of trees: a processor group and a device group below the same node, and a disk of the root.

import { requestText } from '../load/request-text.ts';
import { gaveNoAnswer } from '../measure/measure-case.ts';
import type { BenchDatabase } from '../services/stage.ts';
import { nestedState } from '../states/nested.ts';
import { type Bench, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'nested-candidates';

const QUERY = [
  'resources=DISK_GB:10&required=COMPUTE_VOLUME_MULTI_ATTACH',
  'resources_COMPUTE=VCPU:1,MEMORY_MB:256&required_COMPUTE=CUSTOM_FOO',
  'resources_FPGA=FPGA:1&group_policy=none&same_subtree=_COMPUTE,_FPGA',
].join('&');

const QUESTIONS = [
  { limit: 'limit=10', query: `${QUERY}&limit=10`, berth: 300 },
  { limit: 'no limit', query: QUERY, berth: null },
];

export const nestedCandidates: Workload = {
  name: NAME,
  title: 'Candidates of nested trees',
  databases: { sqlite: 200 },
  async run(bench, database) {
    for (const trees of bench.plan.quick ? [1_000] : [1_000, 10_000]) await measureSize(bench, database, trees);
  },
};

async function measureSize(bench: Bench, database: BenchDatabase, trees: number): Promise<void> {
  await withStage(bench, nestedState(trees), { kind: database }, async (stage) => {
    let withoutPeer: string | undefined;
    for (const { limit, query, berth } of QUESTIONS) {
      const row = await reportCase(bench, stage, bench.plan, {
        ...{ workload: NAME, title: `${trees.toLocaleString('en')} trees, ${limit}`, database, withoutPeer },
        ...{ turn: 'request', requests: [requestText('GET', `/allocation_candidates?${query}`)] },
        ...{ clients: [1, 16], rates: { both: trees === 1_000 ? 1 : null, berth }, goals: { cost: 100 } },
        limit: (_clients, answerBytes) => bench.limits.answer(answerBytes),
      });
      if (gaveNoAnswer(row.figures.peer)) withoutPeer = `not asked: no answer with ${limit}`;
    }
  });
}
