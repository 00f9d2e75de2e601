// What a workload is: a state, the questions asked of it, and what is reported of the answers.

import type { Limits } from '../limits/limits.ts';
import type { LoadGenerator } from '../load/generator.ts';
import { type Case, type FiguresByService, measureCase, type Stage } from '../measure/measure-case.ts';
import { type Plan, shortened } from '../measure/plan.ts';
import type { Fact, Figures, Goals, Limit, Row } from '../report/results.ts';
import type { Service, ServiceName } from '../services/service.ts';
import { type BenchDatabase, closeStage, openStage, type StageOptions } from '../services/stage.ts';
import type { State } from '../states/state.ts';

export interface Workload {
  /** As `--only` says it. */
  readonly name: string;
  readonly title: string;
  /** Where it is run, and for how many seconds; what is left then is measured briefly (plan.ts). */
  readonly databases: Readonly<Partial<Record<BenchDatabase, number>>>;
  run(bench: Bench, database: BenchDatabase): Promise<void>;
}

/** What a workload is given. */
export interface Bench {
  readonly plan: Plan;
  readonly generator: LoadGenerator;
  readonly services: readonly ServiceName[];
  readonly workers: number;
  readonly limits: Limits;
  /** Whether the workload has used up its time on this database. */
  isLate(): boolean;
  say(line: string): void;
  addRow(row: Row): void;
  addFact(fact: Fact): void;
}

/** Opens a stage for the time of the work. */
export async function withStage(
  bench: Bench,
  state: State,
  options: Partial<StageOptions> & Pick<StageOptions, 'kind'>,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  bench.say(`  ${state.name} on ${options.kind} …`);
  const stage: Stage = [...(await openStage(state, { services: bench.services, workers: bench.workers, ...options }))];
  try {
    await work(stage);
  } finally {
    await closeStage(stage);
  }
}

interface CaseToReport extends Case {
  readonly workload: string;
  readonly title: string;
  readonly database: BenchDatabase;
  readonly goals?: Goals;
  /** What Berth's answers and their number of clients allow at best; null: not known. */
  readonly limit?: (clients: number, answerBytes: number) => Promise<Limit | null>;
  /** Looks at the state afterwards; what it found goes into the report. */
  readonly check?: (stage: Stage, figures: FiguresByService) => Promise<readonly string[]>;
}

/** Measures a case and reports it. */
export async function reportCase(bench: Bench, stage: Stage, plan: Plan, measured: CaseToReport): Promise<Row> {
  const isLate = bench.isLate();
  const brief = isLate ? { ...measured, clients: [measured.clients?.[0] ?? 1] } : measured;
  const figures = await measureCase(bench.generator, stage, isLate ? shortened(plan) : plan, brief);
  const { workload, title, database, goals = {}, check } = measured;
  const found = (await check?.(stage, figures)) ?? [];
  const checks = isLate ? [...found, 'measured briefly: the workload had used up its time'] : found;
  const row = { workload, title, database, figures, goals, checks, limits: await limitsOf(measured, figures.berth) };
  bench.addRow(row);
  return row;
}

async function limitsOf({ limit }: CaseToReport, berth: Figures | undefined): Promise<Row['limits']> {
  const limits: Record<string, Limit> = {};
  for (const { clients } of berth?.closed ?? []) {
    const found = await limit?.(clients, berth?.answerBytes ?? 0);
    if (found) limits[clients] = found;
  }
  return limits;
}

/** A check of each service by itself, for {@link reportCase}. */
export function checkEach(
  check: (service: Service, figures: Figures) => Promise<string>,
): (stage: Stage, figures: FiguresByService) => Promise<readonly string[]> {
  return (stage, byService) =>
    Promise.all(
      stage.flatMap(({ service }) => {
        const figures = byService[service.name];
        return figures === undefined ? [] : [check(service, figures)];
      }),
    );
}
