// Measures one case on the services of a stage. They take turns, so that what disturbs the machine disturbs both alike.
// First what a turn costs with one client at a time, then what is done with many, then how long a turn takes at a fixed rate.

import type { LoadGenerator } from '../load/generator.ts';
import type { Load } from '../load/load.ts';
import type { ClosedLoop, Figures, OpenLoop, Refusals } from '../report/results.ts';
import type { ServiceName } from '../services/service.ts';
import type { Staged } from '../services/stage.ts';
import type { Plan } from './plan.ts';
import { memoryMb } from './processor-time.ts';
import { measureWindow, type Window } from './window.ts';

export interface Case {
  readonly turn: Load['turn'];
  readonly requests: readonly string[];
  /** In a closed loop; the plan's if absent. */
  readonly clients?: readonly number[];
  /** Turns a second in the open loop: one that both can do, and one for Berth alone. Null: none. */
  readonly rates: { readonly both: number | null; readonly berth: number | null };
  /** Rounds for every number of clients, not only for one at a time. */
  readonly roundsForAll?: boolean;
}

/** The stage may change: a service that could not answer is started anew, to be rid of the request. */
export type Stage = Staged[];

export type FiguresByService = Partial<Record<ServiceName, Figures>>;

const CORES = 2;
/** More of its capacity than this, and what is measured is a queue. */
const RATE_SHARE_MAX = 0.7;

interface Collected {
  readonly closed: ClosedLoop[];
  readonly open: OpenLoop[];
  readonly notes: string[];
  readonly answers: Record<string, number>;
  answerBytes: number;
  /** Of the first turns: what a turn costs, roughly. */
  roughMs: number;
}

export async function measureCase(
  generator: LoadGenerator,
  stage: Stage,
  plan: Plan,
  measured: Case,
): Promise<FiguresByService> {
  const collected = new Map<ServiceName, Collected>();
  const base = { turn: measured.turn, requests: measured.requests, timeoutMs: plan.timeoutMs };
  for (const [index, staged] of stage.entries()) {
    const into: Collected = { closed: [], open: [], notes: [], answers: {}, answerBytes: 0, roughMs: 0 };
    collected.set(staged.service.name, into);
    const isBerth = staged.service.name === 'berth';
    const warmUp = { ...base, rate: null, clients: 1, seconds: isBerth ? plan.berthSeconds : 1 };
    const seen = await measureWindow(generator, staged, isBerth ? warmUp : { ...warmUp, turnsMax: 3 });
    countAnswers(into, seen);
    into.roughMs = (seen.serverMs + seen.databaseMs) / Math.max(1, seen.done);
    if (seen.byStatus.timeout !== undefined) {
      into.notes.push(`no answer in ${plan.timeoutMs / 1000} s`);
      stage[index] = await staged.restart();
    }
  }
  const able = () => stage.filter(({ service }) => collected.get(service.name)?.notes.length === 0);

  for (const clients of measured.clients ?? plan.clients) {
    const rounds = clients === 1 || measured.roundsForAll ? plan.rounds : 1;
    const windows = new Map<ServiceName, Window[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const staged of able()) {
        const { name } = staged.service;
        const into = collected.get(name);
        if (into === undefined || isTooLong(into, clients, plan, round)) continue;
        const seconds = clients > 1 ? plan.loadSeconds : name === 'berth' ? plan.berthSeconds : plan.peerSeconds;
        const window = await measureWindow(generator, staged, { ...base, rate: null, clients, seconds });
        countAnswers(into, window);
        windows.set(name, [...(windows.get(name) ?? []), window]);
        into.answerBytes = window.answerBytes;
      }
    }
    for (const [name, seen] of windows) collected.get(name)?.closed.push(closedLoop(clients, seen));
  }

  const { both, berth } = measured.rates;
  for (const rate of [both, berth]) {
    if (rate === null) continue;
    for (const staged of able()) {
      const { name } = staged.service;
      const into = collected.get(name);
      if (into === undefined || (name === 'peer' && rate === berth)) continue;
      if (rate * into.roughMs > 1000 * CORES * RATE_SHARE_MAX) {
        into.notes.push(`${rate}/s is more than it can do`);
        continue;
      }
      const load = { ...base, rate, clients: 256, seconds: plan.rateSeconds };
      const window = await measureWindow(generator, staged, load);
      countAnswers(into, window);
      into.open.push(openLoop(rate, window));
    }
  }
  return Object.fromEntries(
    stage.map(({ service }) => {
      const { closed = [], open = [], notes = [], answers = {}, answerBytes = 0 } = collected.get(service.name) ?? {};
      const figures: Figures = { closed, open, notes, answers, answerBytes, memoryMb: memoryMb(service.pid) };
      return [service.name, figures];
    }),
  );
}

function countAnswers({ answers }: Collected, { byStatus }: Window): void {
  for (const [status, count] of Object.entries(byStatus)) answers[status] = (answers[status] ?? 0) + count;
}

/** Whether one turn of each client would take the service longer than a window may. */
function isTooLong(into: Collected, clients: number, plan: Plan, round: number): boolean {
  const seconds = (into.roughMs * clients) / CORES / 1000;
  if (clients === 1 || seconds <= plan.windowSecondsMax) return false;
  if (round === 0) into.notes.push(`${clients} clients left out: over ${Math.round(seconds)} s for one answer each`);
  return true;
}

function closedLoop(clients: number, windows: readonly Window[]): ClosedLoop {
  const turns = sum(windows.map(({ done }) => done));
  const each = (ms: number, count: number) => ms / Math.max(1, count);
  return {
    clients,
    turns,
    perSecond: (turns * 1000) / sum(windows.map(({ tookMs }) => tookMs)),
    serverMs: each(sum(windows.map(({ serverMs }) => serverMs)), turns),
    databaseMs: each(sum(windows.map(({ databaseMs }) => databaseMs)), turns),
    roundsMs: windows.map(({ serverMs, databaseMs, done }) => each(serverMs + databaseMs, done)),
    p50Ms: sum(windows.map(({ p50Ms }) => p50Ms)) / windows.length,
    p99Ms: Math.max(...windows.map(({ p99Ms }) => p99Ms)),
    refusals: refusalsOf(windows),
  };
}

function openLoop(rate: number, window: Window): OpenLoop {
  const { done: turns, p50Ms, p99Ms, maxMs } = window;
  return { rate, turns, p50Ms, p99Ms, maxMs, refusals: refusalsOf([window]) };
}

function refusalsOf(windows: readonly Window[]): Refusals {
  const refusals: Record<string, number> = {};
  for (const [status, count] of windows.flatMap(({ byStatus }) => Object.entries(byStatus))) {
    if (!/(?:^| )2\d\d$/.test(status)) refusals[status] = (refusals[status] ?? 0) + count;
  }
  return refusals;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
