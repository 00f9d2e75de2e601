// Candidates of trees: a processor group and a device group below the same node, and a disk of the root.

import { requestText } from '../load/request-text.ts';
import { gaveNoAnswer } from '../measure/measure-case.ts';
import type { BenchDatabase } from '../services/stage.ts';
import { nestedState } from '../states/nested.ts';
import { newQuestions } from './new-questions.ts';
import { type Bench, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'nested-candidates';

/** @param more memory than 256 MB, which every node has */
function nestedSearch(limit: string, more: number): string {
  const query = [
    'resources=DISK_GB:10&required=COMPUTE_VOLUME_MULTI_ATTACH',
    `resources_COMPUTE=VCPU:1,MEMORY_MB:${256 + more}&required_COMPUTE=CUSTOM_FOO`,
    'resources_FPGA=FPGA:1&group_policy=none&same_subtree=_COMPUTE,_FPGA',
  ].join('&');
  return requestText('GET', `/allocation_candidates?${query}${limit}`);
}

const QUESTIONS = [
  { title: 'limit=10', limit: '&limit=10', berth: 300 },
  { title: 'no limit', limit: '', berth: null },
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
    for (const { title, limit, berth } of QUESTIONS) {
      const row = await reportCase(bench, stage, bench.plan, {
        ...{ workload: NAME, title: `${trees.toLocaleString('en')} trees, ${title}`, database, withoutPeer },
        ...{ turn: 'request', requests: newQuestions((more) => nestedSearch(limit, more)) },
        ...{ clients: [1, 16], rates: { both: trees === 1_000 ? 1 : null, berth }, goals: { cost: 100 } },
        limit: (_clients, answerBytes) => bench.limits.answer(answerBytes),
      });
      if (gaveNoAnswer(row.figures.peer)) withoutPeer = `not asked: no answer with ${title}`;
    }
  });
}
