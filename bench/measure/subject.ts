// One service in one case: what was seen of it so far, and what it is still fit for.

import type { ClosedLoop, Figures, OpenLoop, Refusals } from '../report/results.ts';
import type { Staged } from '../services/stage.ts';
import type { Plan } from './plan.ts';
import { memoryMb } from './processor-time.ts';
import type { Window } from './window.ts';

const CORES = 2;
/** Of what the service can do. With more arrivals than this, what is measured is a queue. */
const RATE_SHARE_MAX = { peer: 0.7, berth: 0.95 };
/** When the peer has worked so long with one client, further rounds would say nothing new. */
const PEER_SECONDS_MAX = 10;

export class Subject {
  readonly #plan: Plan;
  readonly #closed: ClosedLoop[] = [];
  readonly #open: OpenLoop[] = [];
  readonly #notes: string[] = [];
  readonly #answers: Record<string, number> = {};
  #answerBytes = 0;
  #windows: Window[] = [];
  /** What one cost at first. */
  #turnMs = 0;
  #secondsWithOne = 0;
  #isOut = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Whether it can be asked at all. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** It could not answer, or was not asked; nothing more is asked of it. */
  leaveOut(reason: string): void {
    this.#isOut = true;
    this.#notes.push(reason);
  }

  warmedUp(clients: number, window: Window): void {
    this.#see(window);
    this.#turnMs = (window.serverMs + window.databaseMs) / Math.max(1, window.done);
    // So slow that its first answer is as good as any.
    if (clients === 1 && window.tookMs > PEER_SECONDS_MAX * 500) this.addWindow(1, window);
  }

  /** More of the same, of which only the answers count. */
  warmedUpFurther(window: Window): void {
    this.#see(window);
  }

  /** Whether another window with so many clients is of use. */
  isWanted(name: Staged['service']['name'], clients: number): boolean {
    if (this.#isOut) return false;
    if (clients === 1) return name === 'berth' || this.#secondsWithOne < PEER_SECONDS_MAX;
    const seconds = (this.#turnMs * clients) / CORES / 1000;
    if (seconds <= this.#plan.windowSecondsMax) return true;
    const note = `${clients} clients left out: more than ${Math.round(seconds)} s for one answer each`;
    if (!this.#notes.includes(note)) this.#notes.push(note);
    return false;
  }

  addWindow(clients: number, window: Window): void {
    this.#see(window);
    this.#windows.push(window);
    this.#answerBytes = window.answerBytes;
    if (clients === 1) this.#secondsWithOne += window.tookMs / 1000;
  }

  /** Makes one figure of the windows with so many clients. */
  endClosedLoop(clients: number): void {
    if (this.#windows.length > 0) this.#closed.push(closedLoop(clients, this.#windows));
    this.#windows = [];
  }

  isAbleTo(name: Staged['service']['name'], rate: number): boolean {
    if (this.#isOut) return false;
    const most = Math.max(0, ...this.#closed.map(({ perSecond }) => perSecond));
    if (rate <= most * RATE_SHARE_MAX[name]) return true;
    this.#notes.push(`${rate}/s left out: it can do ${most.toFixed(1)}/s`);
    return false;
  }

  addOpenLoop(rate: number, window: Window): void {
    this.#see(window);
    const { done: turns, p50Ms, p99Ms, maxMs } = window;
    this.#open.push({ rate, turns, p50Ms, p99Ms, maxMs, refusals: refusalsOf([window]) });
  }

  figures({ service }: Staged): Figures {
    return {
      ...{ closed: this.#closed, open: this.#open, notes: this.#notes, answers: this.#answers },
      ...{ answerBytes: this.#answerBytes, memoryMb: memoryMb(service.pid) },
    };
  }

  #see({ byStatus }: Window): void {
    for (const [status, count] of Object.entries(byStatus)) {
      this.#answers[status] = (this.#answers[status] ?? 0) + count;
    }
  }
}

function closedLoop(clients: number, windows: readonly Window[]): ClosedLoop {
  const turns = sum(windows.map(({ done }) => done));
  const each = (amount: number, count: number) => amount / Math.max(1, count);
  return {
    clients,
    turns,
    perSecond: (turns * 1000) / sum(windows.map(({ tookMs }) => tookMs)),
    serverMs: each(sum(windows.map(({ serverMs }) => serverMs)), turns),
    databaseMs: each(sum(windows.map(({ databaseMs }) => databaseMs)), turns),
    statements: each(sum(windows.map(({ statements }) => statements)), turns),
    logWrites: each(sum(windows.map(({ logWrites }) => logWrites)), turns),
    logBytes: each(sum(windows.map(({ logBytes }) => logBytes)), turns),
    roundsMs: windows.map(({ serverMs, databaseMs, done }) => each(serverMs + databaseMs, done)),
    p50Ms: sum(windows.map(({ p50Ms }) => p50Ms)) / windows.length,
    p99Ms: Math.max(...windows.map(({ p99Ms }) => p99Ms)),
    refusals: refusalsOf(windows),
  };
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
