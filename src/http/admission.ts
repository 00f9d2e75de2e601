// Who gets in when more is asked than can be answered. A process works on so many requests at a time; further ones wait,
// a bounded number for a bounded time, and the rest is refused at once, before anything is spent on them.
//
// Many requests are answered without a pause, from memory or from SQLite; then the line would form in the sockets, where
// nobody sees it. So a turn of the event loop that has worked for some milliseconds takes in no more, and who waits is
// let in over the next turns, between which new requests are read, and refused if need be.
//
// Two measurements make the refusals early. Requests under way take longer than the delay that is allowed while the
// process never pauses: fewer are worked on at a time, because one thread does not get faster by sharing itself. And
// for a while everybody has waited longer than that delay, or the line was full: from then on it is kept short, who
// comes last is let in first, and who has been there longest makes room. Whoever is served has hardly waited then, and
// the waiting is done by those who will be refused. A burst is no overload: it waits and is served, first come first.
//
// A refusal costs a quarter of an answer, most of it the kernel's work. Of four times the load even that would be most
// of what the process does, so refusals have a share of each turn, and those who were let in the rest.

import { performance } from 'node:perf_hooks';
import type { AdmissionSettings } from '../config/settings.ts';
import type { BerthError } from '../domain/errors/declare.ts';
import { requestShed, requestsWaitingTooMany, requestWaitedTooLong } from '../domain/errors/http.ts';

/** Work in one turn of the event loop after which it takes in no further request. */
const TURN_MS = 5;
/** However long the turn before, those who are let in get no more time at once. */
const TURN_MS_MAX = 50;
/**
 * What they get while shedding. Whoever is served waits for the end of two or three turns, before being read and for the
 * database; so turns are kept short.
 */
const SHORT_TURN_MS = 1.5;
/** What the refusals have of each turn, as a share of what those have who are let in. */
const REFUSING = 0.4;
/** Between two looks at who has waited too long. */
const LOOK_MS = 10;
/** Over this long, throughput and delay are measured and the number of requests under way is adjusted. */
const WINDOW_MS = 100;
/** Share of a window in which the process did not pause that means it has no time left. */
const BUSY = 0.95;
/** An overload lasts this long, window after window: a burst that is over by then is served as a whole. */
const STANDING_MS = 1000;
/**
 * Refusals for each that is served beyond which it is an overload, and up to which it is none any more. How long those
 * wait who are let in would not tell: it is short because the others are refused.
 */
const FEW_REFUSED = 0.1;
/**
 * While shedding, nobody is let in who has waited for longer than this share of the delay that tells an overload, or than
 * two turns. A pause in what arrives would else be filled with the oldest requests, which are slow already.
 */
const STALE = 0.25;
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

/** Somebody who wants to be let in. One of the two is called, once; before {@link Admission.ask} returns, or later. */
export interface Entrant {
  /** The request may go on. It must {@link Admission.leave}. */
  readonly enter: () => void;
  readonly refuse: (refusal: BerthError) => void;
}

interface Waiting extends Entrant {
  readonly since: number;
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
  readonly #waitedTooLong: BerthError;
  readonly #waiting: Waiting[] = [];
  #concurrency: number;
  #underWay = 0;
  /** When the present turn of the event loop took in its first request; null: it has not yet. */
  #turnBegan: number | null = null;
  #lettingIn = false;
  /** When somebody was refused because there was no place. */
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Who is to be told that there is no place, when the process has time for it. */
  #turnedAway: (() => void)[] = [];
  #turningAway = false;
  /** When the last ones were let in, how long the turn took before that, and for how long they were let in. */
  #letInAt = 0;
  #turnMs = 0;
  #timeMs = TURN_MS;
  /** Most who may wait now. */
  #waitingMax: number;
  /** Since when all windows were those of an overload; null: the last one was not. */
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
  #refused = 0;
  /** Somebody was let in within the delay that tells an overload. */
  #isPrompt = false;

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
    this.#concurrency = settings.concurrentRequestsMax;
    this.#waitingMax = settings.waitingRequestsMax;
    const { waitingRequestsMax, waitingTimeMaxMs, overloadDelayMs } = settings;
    this.#tooManyWait = requestsWaitingTooMany({ setting: '[berth] waiting_requests_max', limit: waitingRequestsMax });
    this.#shed = requestShed({ setting: '[berth] overload_delay', limit: overloadDelayMs / 1000 });
    this.#waitedTooLong = requestWaitedTooLong({ setting: '[berth] waiting_time_max', limit: waitingTimeMaxMs / 1000 });
  }

  get load(): AdmissionLoad {
    return { underWay: this.#underWay, waiting: this.#waiting.length, concurrency: this.#concurrency };
  }

  /** Lets somebody in, now or when it is their turn, or refuses them. */
  ask({ enter, refuse }: Entrant): void {
    const since = performance.now();
    if (this.#waiting.length === 0 && this.#underWay < this.#concurrency && this.#turnHasTime(since)) {
      this.#underWay++;
      this.#isPrompt = true;
      enter();
      return;
    }
    if (this.#waiting.length >= this.#waitingMax) {
      // Whoever came first waits for nothing, now that others are let in before.
      const longest = this.#isShedding ? this.#waiting.shift() : undefined;
      this.#turnAway(longest?.refuse ?? refuse, since);
      if (longest === undefined) return;
    }
    this.#beginLooking(since);
    this.#waiting.push({ since, enter, refuse });
    this.#letIn();
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
   * Lets some in, in the next turn, one after the other: who is let in does all that can be done without a pause before
   * the next one is. Together they get as much time as the turn took before them, so that refusing many does not keep
   * from serving some.
   */
  #letIn(): void {
    if (this.#lettingIn || this.#waiting.length === 0 || this.#underWay >= this.#concurrency) return;
    this.#lettingIn = true;
    setImmediate(() => {
      const now = performance.now();
      this.#turnMs = now - this.#letInAt;
      this.#timeMs = this.#isShedding ? SHORT_TURN_MS : Math.min(Math.max(this.#turnMs, TURN_MS), TURN_MS_MAX);
      this.#letInUntil(now + this.#timeMs);
    });
  }

  #letInUntil(ends: number): void {
    const now = performance.now();
    const mayEnter = now < ends && this.#underWay < this.#concurrency;
    const next = mayEnter ? this.#next(now) : undefined;
    if (next === undefined) {
      this.#lettingIn = false;
      this.#letInAt = now;
      this.#letIn();
      return;
    }
    if (now - next.since <= this.#settings.overloadDelayMs) this.#isPrompt = true;
    this.#underWay++;
    next.enter();
    // A tick that is asked for by a promise comes when all promises are done with.
    queueMicrotask(() => process.nextTick(() => this.#letInUntil(ends)));
  }

  #next(now: number): Waiting | undefined {
    if (!this.#newestFirst(now)) return this.#waiting.shift();
    const newest = this.#waiting.pop();
    const waitedMax = Math.max(this.#settings.overloadDelayMs * STALE, 2 * this.#turnMs);
    if (newest === undefined || now - newest.since <= waitedMax) return newest;
    for (const { refuse } of this.#waiting.splice(0)) this.#turnAway(refuse, now);
    this.#turnAway(newest.refuse, now);
    return undefined;
  }

  /**
   * Only while others have to be refused. Clients that each wait for their answer, and are no more than may wait, would
   * else be served in turns of their own making, and the last of them hardly ever.
   */
  #newestFirst(now: number): boolean {
    return this.#isShedding && now - this.#refusedAt < WINDOW_MS;
  }

  #turnAway(refuse: Entrant['refuse'], now: number): void {
    this.#refusedOfThem++;
    this.#refused++;
    this.#refusedAt = now;
    const refusal = this.#isShedding ? this.#shed : this.#tooManyWait;
    if (this.#turnedAway.length === 0 && this.#turnHasTime(now)) refuse(refusal);
    else this.#turnedAway.push(() => refuse(refusal));
    this.#refuseSome();
  }

  /** Refuses for as long as the refusals have of a turn; the others in the next turns. */
  #refuseSome(): void {
    if (this.#turningAway || this.#turnedAway.length === 0) return;
    this.#turningAway = true;
    setImmediate(() => {
      const ends = performance.now() + REFUSING * this.#timeMs;
      let refused = 0;
      do this.#turnedAway[refused++]?.();
      while (refused < this.#turnedAway.length && performance.now() < ends);
      this.#turnedAway.splice(0, refused);
      this.#turningAway = false;
      this.#refuseSome();
    });
  }

  /** Begins to shed when for a while everybody has waited too long, or many had to be refused because so many wait. */
  #judge(now: number, isBusy: boolean): void {
    // A line for the database costs nobody anything, and is served; too long a one has to be refused, too.
    const isSlow = (isBusy && !this.#isPrompt) || this.#refused > this.#finished * FEW_REFUSED;
    this.#slowSince = isSlow ? (this.#slowSince ?? this.#windowBegan) : null;
    if (this.#isShedding || this.#slowSince === null || now - this.#slowSince < STANDING_MS) return;
    this.#isShedding = true;
    this.#countAnew(now);
  }

  #boundLine(now: number): void {
    const { waitingRequestsMax, overloadDelayMs } = this.#settings;
    const servedInTime = Math.max(LINE_MIN, Math.ceil(this.#throughput * overloadDelayMs));
    this.#waitingMax = this.#isShedding ? Math.min(servedInTime, waitingRequestsMax) : waitingRequestsMax;
    const tooMany = this.#waiting.splice(0, Math.max(0, this.#waiting.length - this.#waitingMax));
    for (const { refuse } of tooMany) this.#turnAway(refuse, now);
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
      this.#boundLine(now);
    }
    this.#countAnew(now);
  }

  #refuseTheLate(now: number): void {
    const { waitingTimeMaxMs } = this.#settings;
    const punctual = this.#waiting.findIndex(({ since }) => now - since <= waitingTimeMaxMs);
    const late = this.#waiting.splice(0, punctual === -1 ? this.#waiting.length : punctual);
    for (const { refuse } of late) refuse(this.#waitedTooLong);
  }

  #endWindow(now: number): void {
    const meanMs = this.#finished === 0 ? null : this.#finishedMs / this.#finished;
    const { utilization } = performance.eventLoopUtilization(this.#busyBefore);
    this.#concurrency = adjustedConcurrency(this.#concurrency, { utilization, meanMs }, this.#settings);
    this.#throughput += RECENT * (this.#finished / (now - this.#windowBegan) - this.#throughput);
    this.#judge(now, utilization >= BUSY);
    this.#boundLine(now);
    this.#beginWindow(now);
  }

  #beginWindow(now: number): void {
    this.#windowBegan = now;
    this.#busyBefore = performance.eventLoopUtilization();
    this.#finished = 0;
    this.#finishedMs = 0;
    this.#refused = 0;
    this.#isPrompt = false;
  }
}
