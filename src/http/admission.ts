// Who gets in when more is asked than can be answered. A process works on so many requests at a time; further ones wait,
// a bounded number for a bounded time, and the rest is refused at once, before anything is spent on them.
//
// Many requests are answered without a pause, from memory or from SQLite; then the line would form in the sockets, where
// nobody sees it. So a turn of the event loop that has worked for some milliseconds takes in no more, and who waits is
// let in over the next turns, between which new requests are read, and refused if need be.
//
// Two measurements make the refusals early. Requests under way take longer than the delay that is allowed while the
// process never pauses: fewer are worked on at a time, because one thread does not get faster by sharing itself. And
// for a while everybody has waited longer than that delay: the line is kept as short as can be served within it, since
// a longer one makes everybody wait without serving anyone more. A burst is no overload: it waits and is served.

import { performance } from 'node:perf_hooks';
import type { AdmissionSettings } from '../config/settings.ts';
import type { BerthError } from '../domain/errors/declare.ts';
import { requestShed, requestsWaitingTooMany, requestWaitedTooLong } from '../domain/errors/http.ts';

/** Work in one turn of the event loop after which it takes in no further request. */
const TURN_MS = 5;
/** However long the turn before, those who are let in get no more time at once. */
const TURN_MS_MAX = 50;
/** Most who are let in at once. */
const IN_ONE_TURN = 64;
/** Between two looks at who has waited too long. */
const LOOK_MS = 10;
/** Over this long, throughput and delay are measured and the number of requests under way is adjusted. */
const WINDOW_MS = 100;
/** Share of a window in which the process did not pause that means it has no time left. */
const BUSY = 0.95;
/** Everybody has to have waited too long for this long: a burst that is over by then is served as a whole. */
const STANDING_MS = 1000;
/**
 * A line up to this long is never cut. Clients that each wait for their answer before they ask again, as most do, cannot
 * make it grow; refusing some of them would fail what would have been served.
 */
const LINE_MIN = 64;
/** Weight of the last window in the measured throughput. */
const RECENT = 0.3;
/** One request at a time would leave the process idle while that one waits for the database. */
const CONCURRENCY_MIN = 2;

export interface AdmissionLoad {
  readonly underWay: number;
  readonly waiting: number;
  /** Most requests that are worked on at a time now. */
  readonly concurrency: number;
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (refusal: BerthError) => void;
}

/** What was measured over a window. */
export interface Window {
  /** Share of the time in which the process was busy, 0 to 1. */
  readonly utilization: number;
  /** Mean time that requests were under way; null: none was finished. */
  readonly meanMs: number | null;
}

/** How many requests to work on at a time after this window: down by a fifth, or up by an eighth. */
export function adjustedConcurrency(
  concurrency: number,
  { utilization, meanMs }: Window,
  { concurrentRequestsMax, overloadDelayMs }: AdmissionSettings,
): number {
  const tooMany = utilization >= BUSY && (meanMs === null || meanMs > overloadDelayMs);
  return tooMany
    ? Math.max(Math.min(CONCURRENCY_MIN, concurrentRequestsMax), Math.floor(concurrency * 0.8))
    : Math.min(concurrentRequestsMax, concurrency + Math.ceil(concurrency / 8));
}

export class Admission {
  readonly #settings: AdmissionSettings;
  readonly #waiting: Waiting[] = [];
  #concurrency: number;
  #underWay = 0;
  /** When the present turn of the event loop took in its first request; null: it has not yet. */
  #turnBegan: number | null = null;
  #lettingIn = false;
  /** When the last ones were let in. */
  #letInAt = 0;
  /** Most who may wait now. */
  #waitingMax: number;
  /** Since when everybody who was let in had waited too long; null: the last one had not. */
  #slowSince: number | null = null;
  /** The line is kept short. */
  #isShedding = false;
  /** Requests finished in a millisecond, over the last windows. */
  #throughput = 0;
  #looks: NodeJS.Timeout | null = null;
  #windowBegan = 0;
  #busyBefore = performance.eventLoopUtilization();
  #finished = 0;
  #finishedMs = 0;

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
    this.#concurrency = settings.concurrentRequestsMax;
    this.#waitingMax = settings.waitingRequestsMax;
  }

  get load(): AdmissionLoad {
    return { underWay: this.#underWay, waiting: this.#waiting.length, concurrency: this.#concurrency };
  }

  /**
   * Null: the request may go on. A promise: it may once that resolves; it rejects when the wait gets too long. Throws
   * when the request is not to wait. Who may go on must {@link leave}.
   */
  enter(): Promise<void> | null {
    const since = performance.now();
    if (this.#waiting.length === 0 && this.#underWay < this.#concurrency && this.#turnHasTime(since)) {
      this.#underWay++;
      return null;
    }
    if (this.#waiting.length >= this.#waitingMax) throw this.#refusalOfNewcomer();
    this.#beginLooking(since);
    this.#letIn();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ since, enter: resolve, refuse: reject });
    });
  }

  /** @param durationMs since the request was let in */
  leave(durationMs: number): void {
    this.#underWay--;
    this.#finished++;
    this.#finishedMs += durationMs;
    this.#letIn();
  }

  #turnHasTime(now: number): boolean {
    if (this.#turnBegan === null) {
      this.#turnBegan = now;
      setImmediate(() => {
        this.#turnBegan = null;
      });
    }
    return now - this.#turnBegan < TURN_MS;
  }

  /**
   * Lets some in, one for each callback: who is let in does all that can be done without a pause before the next one is.
   * Together they get as much time as the turn took before them, so that refusing many does not keep from serving some.
   */
  #letIn(): void {
    if (this.#lettingIn || this.#waiting.length === 0 || this.#underWay >= this.#concurrency) return;
    this.#lettingIn = true;
    let ends: number | null = null;
    const letOneIn = (): void => {
      const now = performance.now();
      ends ??= now + Math.min(Math.max(now - this.#letInAt, TURN_MS), TURN_MS_MAX);
      if (now >= ends || this.#underWay >= this.#concurrency) return;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#judge(now, next.since);
      this.#underWay++;
      next.enter();
    };
    for (let count = Math.min(this.#waiting.length, IN_ONE_TURN); count > 0; count--) setImmediate(letOneIn);
    setImmediate(() => {
      this.#lettingIn = false;
      this.#letInAt = performance.now();
      this.#letIn();
    });
  }

  /** Begins to shed when everybody has waited too long for a while, and ends when somebody waited half of that. */
  #judge(now: number, since: number): void {
    const { overloadDelayMs } = this.#settings;
    const waitedMs = now - since;
    if (waitedMs <= overloadDelayMs) this.#slowSince = null;
    else this.#slowSince ??= now;
    if (this.#slowSince !== null && now - this.#slowSince >= STANDING_MS) this.#isShedding = true;
    if (waitedMs <= overloadDelayMs / 2) this.#isShedding = false;
    this.#boundLine();
  }

  #boundLine(): void {
    const { waitingRequestsMax, overloadDelayMs } = this.#settings;
    const servedInTime = Math.max(LINE_MIN, Math.ceil(this.#throughput * overloadDelayMs));
    this.#waitingMax = this.#isShedding ? Math.min(servedInTime, waitingRequestsMax) : waitingRequestsMax;
  }

  #beginLooking(now: number): void {
    if (this.#looks !== null) return;
    this.#beginWindow(now);
    this.#looks = setInterval(() => this.#look(performance.now()), LOOK_MS).unref();
  }

  #look(now: number): void {
    this.#refuseTheLate(now);
    if (now - this.#windowBegan >= WINDOW_MS) this.#endWindow(now);
    this.#letIn();
    const calm = this.#waiting.length === 0 && this.#concurrency === this.#settings.concurrentRequestsMax;
    if (!calm || this.#looks === null) return;
    clearInterval(this.#looks);
    this.#looks = null;
    this.#slowSince = null;
    this.#isShedding = false;
    this.#boundLine();
  }

  #refuseTheLate(now: number): void {
    const { waitingTimeMaxMs } = this.#settings;
    const punctual = this.#waiting.findIndex(({ since }) => now - since <= waitingTimeMaxMs);
    const late = this.#waiting.splice(0, punctual === -1 ? this.#waiting.length : punctual);
    for (const { refuse } of late) refuse(this.#waitedTooLong());
  }

  #endWindow(now: number): void {
    const meanMs = this.#finished === 0 ? null : this.#finishedMs / this.#finished;
    const { utilization } = performance.eventLoopUtilization(this.#busyBefore);
    this.#concurrency = adjustedConcurrency(this.#concurrency, { utilization, meanMs }, this.#settings);
    this.#throughput += RECENT * (this.#finished / (now - this.#windowBegan) - this.#throughput);
    this.#boundLine();
    this.#beginWindow(now);
  }

  #beginWindow(now: number): void {
    this.#windowBegan = now;
    this.#busyBefore = performance.eventLoopUtilization();
    this.#finished = 0;
    this.#finishedMs = 0;
  }

  #refusalOfNewcomer(): BerthError {
    const { waitingRequestsMax } = this.#settings;
    if (this.#waitingMax < waitingRequestsMax) return this.#shed();
    return requestsWaitingTooMany({ setting: '[berth] waiting_requests_max', limit: waitingRequestsMax });
  }

  #waitedTooLong(): BerthError {
    const limit = this.#settings.waitingTimeMaxMs / 1000;
    return requestWaitedTooLong({ setting: '[berth] waiting_time_max', limit });
  }

  #shed(): BerthError {
    return requestShed({ setting: '[berth] overload_delay', limit: this.#settings.overloadDelayMs / 1000 });
  }
}
