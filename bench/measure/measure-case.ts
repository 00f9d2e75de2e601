// Measures one case on the services of a stage. They take turns, so that what disturbs the machine disturbs both alike.
// First what a turn costs with one client at a time, then what is done with many, then how long a turn takes at a fixed rate.

import type { LoadGenerator } from '../load/generator.ts';
import type { Load } from '../load/load.ts';
import type { Figures } from '../report/results.ts';
import type { ServiceName } from '../services/service.ts';
import type { Staged } from '../services/stage.ts';
import type { Plan } from './plan.ts';
import { Subject } from './subject.ts';
import { measureWindow } from './window.ts';

export interface Case {
  readonly turn: Load['turn'];
  readonly requests: readonly string[];
  /** In a closed loop; the plan's if absent. */
  readonly clients?: readonly number[];
  /** Turns a second in the open loop: one that both can do, and one for Berth alone. Null: none. */
  readonly rates: { readonly both: number | null; readonly berth: number | null };
  /** Rounds for every number of clients, not only for one at a time. */
  readonly roundsForAll?: boolean;
  /** Why the peer is not asked. */
  readonly withoutPeer?: string | undefined;
}

/** The stage may change: a service that could not answer is started anew, to be rid of the request. */
export type Stage = Staged[];

export type FiguresByService = Partial<Record<ServiceName, Figures>>;

/** Connections of an open loop; what is due when all are busy waits, and its time runs. */
const CONNECTIONS_MAX = 256;
/**
 * Of Berth, whose compiler wants many turns, and then as many again with as few clients as are measured: what many share, such
 * as a commit, one has to do by itself, and that is other code. The peer's turns are all alike, and dear.
 */
const WARM_UP_CLIENTS = 8;
const PEER_WARM_UP_TURNS = 3;
/** See {@link Plan.warmUpTurns}. */
const CHEAP_TURNS_A_SECOND = 1_000;
const WARM_UP_SECONDS_MAX = 8;

export async function measureCase(
  generator: LoadGenerator,
  stage: Stage,
  plan: Plan,
  measured: Case,
): Promise<FiguresByService> {
  const { turn, requests, withoutPeer } = measured;
  const load = { turn, requests, timeoutMs: plan.timeoutMs };
  const subjects = stage.map(() => new Subject(plan));
  const each = async (work: (staged: Staged, subject: Subject, index: number) => Promise<void>) => {
    for (const [index, subject] of subjects.entries()) {
      const staged = stage[index];
      if (staged !== undefined && !subject.isOut) await work(staged, subject, index);
    }
  };

  await each(async (staged, subject, index) => {
    const isBerth = staged.service.name === 'berth';
    if (!isBerth && withoutPeer !== undefined) {
      subject.leaveOut(withoutPeer);
      return;
    }
    const warmUp = isBerth ? { clients: WARM_UP_CLIENTS } : { clients: 1, turnsMax: PEER_WARM_UP_TURNS };
    const warming = { ...load, ...warmUp, rate: null, seconds: plan.warmUpSeconds };
    const window = await measureWindow(generator, staged, warming);
    if (window.byStatus.timeout === undefined) {
      subject.warmedUp(warmUp.clients, window);
      const isCheap = window.done > CHEAP_TURNS_A_SECOND * plan.warmUpSeconds;
      if (!isBerth || !isCheap) return;
      const [fewest = WARM_UP_CLIENTS] = measured.clients ?? plan.clients;
      for (const clients of new Set([WARM_UP_CLIENTS, fewest])) {
        const turnsMax = plan.warmUpTurns - (clients === WARM_UP_CLIENTS ? window.done : 0);
        if (turnsMax <= 0) continue;
        const further = { ...warming, clients, seconds: WARM_UP_SECONDS_MAX, turnsMax };
        subject.warmedUpFurther(await measureWindow(generator, staged, further));
      }
      return;
    }
    subject.leaveOut(`${NO_ANSWER} in ${plan.timeoutMs / 1000} s`);
    stage[index] = await staged.restart();
  });

  for (const clients of measured.clients ?? plan.clients) {
    const rounds = clients === 1 || measured.roundsForAll ? plan.rounds : 1;
    for (let round = 0; round < rounds; round += 1) {
      await each(async (staged, subject) => {
        const { name } = staged.service;
        if (!subject.isWanted(name, clients)) return;
        const alone = name === 'berth' ? plan.berthSeconds : plan.peerSeconds;
        const seconds = clients > 1 ? plan.loadSeconds : alone;
        subject.addWindow(clients, await measureWindow(generator, staged, { ...load, rate: null, clients, seconds }));
      });
    }
    for (const subject of subjects) subject.endClosedLoop(clients);
  }

  const { berth } = measured.rates;
  // A few requests say little of the peer's latencies; a quick run does without.
  const both = plan.quick ? null : measured.rates.both;
  for (const rate of [both, berth]) {
    if (rate === null || plan.rateSeconds === 0) continue;
    await each(async (staged, subject) => {
      const { name } = staged.service;
      if ((name === 'peer' && rate !== both) || !subject.isAbleTo(name, rate)) return;
      const open = { ...load, rate, clients: CONNECTIONS_MAX, seconds: plan.rateSeconds };
      subject.addOpenLoop(rate, await measureWindow(generator, staged, open));
    });
  }
  return Object.fromEntries(
    stage.map((staged, index) => [staged.service.name, (subjects[index] ?? new Subject(plan)).figures(staged)]),
  );
}

const NO_ANSWER = 'no answer';

/** Whether the service could not answer in time. */
export function gaveNoAnswer(figures: Figures | undefined): boolean {
  return figures?.notes[0]?.startsWith(NO_ANSWER) === true;
}
