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
//
// A refusal costs a fifth of an answer, most of it the kernel's work of sending it. Of four times the load it would be
// all that the process still does, so what is refused has a share of each turn, and those who were let in the rest.

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
/** Most who are refused in one turn, after those for whom there was time on their arrival. */
const REFUSED_IN_ONE_TURN = 256;
/** Between two looks at who has waited too long. */
const LOOK_MS = 10;
/** Over this long, throughput and delay are measured and the number of requests under way is adjusted. */
const WINDOW_MS = 100;
/** Share of a window in which the process did not pause that means it has no time left. */
const BUSY = 0.95;
/** Everybody has to have waited too long for this long: a burst that is over by then is served as a whole. */
const STANDING_MS = 1000;
/**
 * Share of refusals in such a time below which it is no overload any more. How long those wait who are let in does not
 * tell: it is short because the others were refused.
 */
const FEW_REFUSED = 0.1;
/**
 * A line up to this long is never cut. Clients that each wait for their answer before they ask again, as most do, cannot
 * make it grow; refusing some of them would fail what would have been served.
 */
const LINE_MIN = 64;
/** Weight of the last window in the measured throughput. */
const RECENT = 0.3;
/**
 * A request that waits for the database takes a few turns of the event loop, which are long in an overload: fewer at a
 * time than this would leave nothing to do in most turns. Work that needs no pause is bounded by its turn.
 */
const CONCURRENCY_MIN = 16;

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
  /** Made once: in an overload there are thousands of them, and all say the same. */
  readonly #tooManyWait: BerthError;
  readonly #shed: BerthError;
  readonly #waiting: Waiting[] = [];
  #concurrency: number;
  #underWay = 0;
  /** When the present turn of the event loop took in its first request; null: it has not yet. */
  #turnBegan: number | null = null;
  #lettingIn = false;
  /** Who is to be told that there is no place, when the process has time for it. */
  #turnedAway: (() => void)[] = [];
  #turningAway = false;
  /** When the last ones were let in. */
  #letInAt = 0;
  /** Most who may wait now. */
  #waitingMax: number;
  /** Since when everybody who was let in had waited too long; null: the last one had not. */
  #slowSince: number | null = null;
  /** The line is kept short. */
  #isShedding = false;
  /** Since when these are counted, to find out whether that is still needed. */
  #countedSince = 0;
  #refusedOfThem = 0;
  #servedOfThem = 0;
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
    const { waitingRequestsMax, overloadDelayMs } = settings;
    this.#tooManyWait = requestsWaitingTooMany({ setting: '[berth] waiting_requests_max', limit: waitingRequestsMax });
    this.#shed = requestShed({ setting: '[berth] overload_delay', limit: overloadDelayMs / 1000 });
  }

  get load(): AdmissionLoad {
    return { underWay: this.#underWay, waiting: this.#waiting.length, concurrency: this.#concurrency };
  }

  /**
   * Null: the request may go on. A promise: it may once that resolves; it rejects when the wait gets too long, or when
   * the request is not to wait and there was no time to say so at once. Throws when it is not to wait. Who may go on must
   * {@link leave}.
   */
  enter(): Promise<void> | null {
    const since = performance.now();
    if (this.#waiting.length === 0 && this.#underWay < this.#concurrency && this.#turnHasTime(since)) {
      this.#underWay++;
      return null;
    }
    if (this.#waiting.length >= this.#waitingMax) return this.#turnAway(since);
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
    this.#servedOfThem++;
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

  #turnAway(now: number): Promise<void> {
    const refusal = this.#waitingMax < this.#settings.waitingRequestsMax ? this.#shed : this.#tooManyWait;
    this.#refusedOfThem++;
    if (this.#turnedAway.length === 0 && this.#turnHasTime(now)) throw refusal;
    const { promise, reject } = Promise.withResolvers<void>();
    this.#turnedAway.push(() => reject(refusal));
    this.#refuseSome();
    return promise;
  }

  /** Refuses for as long as a turn may take, one in each callback; the others in the next turns. */
  #refuseSome(): void {
    if (this.#turningAway || this.#turnedAway.length === 0) return;
    this.#turningAway = true;
    let ends: number | null = null;
    let refused = 0;
    const refuseOne = (): void => {
      const now = performance.now();
      ends ??= now + TURN_MS;
      if (now < ends) this.#turnedAway[refused++]?.();
    };
    const count = Math.min(this.#turnedAway.length, REFUSED_IN_ONE_TURN);
    for (let index = 0; index < count; index++) setImmediate(refuseOne);
    setImmediate(() => {
      this.#turnedAway.splice(0, refused);
      this.#turningAway = false;
      this.#refuseSome();
    });
  }

  /** Begins to shed when everybody has waited too long for a while. */
  #judge(now: number, since: number): void {
    const { overloadDelayMs } = this.#settings;
    const waitedMs = now - since;
    if (waitedMs <= overloadDelayMs) this.#slowSince = null;
    else this.#slowSince ??= now;
    if (this.#isShedding || this.#slowSince === null || now - this.#slowSince < STANDING_MS) return;
    this.#isShedding = true;
    this.#countAnew(now);
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
    if (this.#isShedding && now - this.#countedSince >= STANDING_MS) this.#reconsider(now);
    const calm = this.#waiting.length === 0 && this.#concurrency === this.#settings.concurrentRequestsMax;
    if (!calm || this.#isShedding || this.#looks === null) return;
    clearInterval(this.#looks);
    this.#looks = null;
    this.#slowSince = null;
  }

  #countAnew(now: number): void {
    this.#countedSince = now;
    this.#refusedOfThem = 0;
    this.#servedOfThem = 0;
  }

  /** Ends shedding when few have been refused of late. */
  #reconsider(now: number): void {
    if (this.#refusedOfThem <= this.#servedOfThem * FEW_REFUSED) {
      this.#isShedding = false;
      this.#slowSince = null;
      this.#boundLine();
    }
    this.#countAnew(now);
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

  #waitedTooLong(): BerthError {
    const limit = this.#settings.waitingTimeMaxMs / 1000;
    return requestWaitedTooLong({ setting: '[berth] waiting_time_max', limit });
  }
}
