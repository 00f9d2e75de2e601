// Hosts with 8 or 16 equal devices, asked for 1 to 8 of them in groups of their own, each from another device; and for 9 of
// 8, which nobody has. The number of ways to choose grows factorially, the answer does not.

import { requestText } from '../load/request-text.ts';
import { gaveNoAnswer } from '../measure/measure-case.ts';
import type { Plan } from '../measure/plan.ts';
import type { Goals } from '../report/results.ts';
import type { BenchDatabase } from '../services/stage.ts';
import { wideState } from '../states/wide.ts';
import { newQuestions } from './new-questions.ts';
import { type Bench, reportCase, type Workload, withStage } from './workload.ts';

const NAME = 'wide-isolate';

interface Question {
  readonly groups: number;
  readonly limit: number;
  readonly goals: Goals;
}

const EIGHT_OF_EIGHT: Goals = { costMs: 5 };
const NINE_OF_EIGHT: Question = { groups: 9, limit: 1_000, goals: { costMs: 1 } };

const QUICK_QUESTIONS: readonly Question[] = [
  { groups: 4, limit: 100, goals: {} },
  { groups: 8, limit: 1_000, goals: EIGHT_OF_EIGHT },
  NINE_OF_EIGHT,
];

export const wideIsolate: Workload = {
  name: NAME,
  title: 'Equal devices in groups of their own',
  databases: { sqlite: 330 },
  async run(bench, database) {
    for (const roots of bench.plan.quick ? [1] : [1, 10, 1_000]) {
      for (const devices of bench.plan.quick ? [8] : [8, 16]) await measureState(bench, database, roots, devices);
    }
  },
};

async function measureState(bench: Bench, database: BenchDatabase, roots: number, devices: number): Promise<void> {
  const plan = wideView(bench.plan);
  await withStage(bench, wideState(roots, devices), { kind: database }, async (stage) => {
    let unanswered: number | undefined;
    for (const { groups, limit, goals } of bench.plan.quick ? QUICK_QUESTIONS : questions(devices)) {
      const isHarder = unanswered !== undefined && groups >= unanswered;
      const row = await reportCase(bench, stage, plan, {
        ...{ workload: NAME, title: titleOf(roots, devices, groups, limit), database, goals },
        ...{
          turn: 'request',
          requests: newQuestions((index) => search(groups, limit, index)),
          rates: { both: null, berth: null },
          clients: [1],
        },
        withoutPeer: isHarder
          ? `not asked: no answer with ${unanswered} groups in ${plan.timeoutMs / 1000} s`
          : undefined,
        limit: async (_clients, answerBytes) => (answerBytes < 100 ? null : bench.limits.answer(answerBytes)),
      });
      if (unanswered === undefined && gaveNoAnswer(row.figures.peer)) unanswered = groups;
    }
  });
}

/** Many cases of which each is soon known: shorter, and with less patience for the peer. */
function wideView(plan: Plan): Plan {
  return {
    ...plan,
    rounds: 2,
    warmUpSeconds: 0.6,
    berthSeconds: 0.4,
    peerSeconds: 0.5,
    timeoutMs: plan.quick ? 3_000 : 15_000,
  };
}

function questions(devices: number): readonly Question[] {
  const feasible = [1, 2, 4, 8].flatMap((groups) =>
    [100, 1_000].map((limit) => ({ groups, limit, goals: groups === 8 && devices === 8 ? EIGHT_OF_EIGHT : {} })),
  );
  return devices === 8 ? [...feasible, NINE_OF_EIGHT] : feasible;
}

function titleOf(roots: number, devices: number, groups: number, limit: number): string {
  const hosts = roots === 1 ? '1 host' : `${roots.toLocaleString('en')} hosts`;
  const whole = `${hosts} with ${devices} devices, ${groups} ${groups === 1 ? 'group' : 'groups'}, limit=${limit}`;
  return groups > devices ? `${whole} (nobody has them)` : whole;
}

function search(groups: number, limit: number, question: number): string {
  const parts = Array.from({ length: groups }, (_, index) => `resources_${question}_${index + 1}=PGPU:1`);
  return requestText('GET', `/allocation_candidates?${parts.join('&')}&group_policy=isolate&limit=${limit}`);
}
