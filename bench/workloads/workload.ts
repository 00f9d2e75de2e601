// What a workload is: a state, the questions asked of it, and what is reported of the answers.

import type { LoadGenerator } from '../load/generator.ts';
import { type Case, type FiguresByService, measureCase, type Stage } from '../measure/measure-case.ts';
import type { Plan } from '../measure/plan.ts';
import type { Fact, Figures, Limit, Row } from '../report/results.ts';
import type { Service, ServiceName } from '../services/service.ts';
import { type BenchDatabase, closeStage, openStage, type StageOptions } from '../services/stage.ts';
import type { State } from '../states/state.ts';

export interface Workload {
  /** As `--only` says it. */
  readonly name: string;
  readonly title: string;
  readonly databases: readonly BenchDatabase[];
  run(bench: Bench, database: BenchDatabase): Promise<void>;
}

/** What a workload is given. */
export interface Bench {
  readonly plan: Plan;
  readonly generator: LoadGenerator;
  readonly services: readonly ServiceName[];
  readonly workers: number;
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
  readonly goal?: number;
  readonly limit?: Limit;
  /** Looks at the state afterwards; what it found goes into the report. */
  readonly check?: (stage: Stage, figures: FiguresByService) => Promise<readonly string[]>;
}

/** Measures a case and reports it. */
export async function reportCase(bench: Bench, stage: Stage, plan: Plan, measured: CaseToReport): Promise<Row> {
  const figures = await measureCase(bench.generator, stage, plan, measured);
  const { workload, title, database, goal = null, limit = null, check } = measured;
  const row: Row = { workload, title, database, figures, goal, limit, checks: (await check?.(stage, figures)) ?? [] };
  bench.addRow(row);
  return row;
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
