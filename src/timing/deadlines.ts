// Deadlines that are hardly ever reached. A request has several, each statement has one, and nearly all end early. Those of
// one length fall due in the order in which they began, so that a single timer, for the earliest, does for all of them.
// Timers of their own would cost a good part of what a small request costs.

/** One that runs; only {@link Deadlines} knows what is in it. */
export interface Deadline {
  /** On the clock of `performance`. */
  readonly dueAt: number;
  readonly whenDue: () => void;
  earlier: Deadline | null;
  later: Deadline | null;
}

/** All deadlines of one length. They keep no process alive. */
export class Deadlines {
  readonly #lengthMs: number;
  #earliest: Deadline | null = null;
  #latest: Deadline | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param lengthMs milliseconds; a deadline is never early, and late by what timers are late by */
  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** Calls `whenDue` once the time is over, unless the deadline is ended before. */
  begin(whenDue: () => void): Deadline {
    const latest = this.#latest;
    const deadline = { dueAt: performance.now() + this.#lengthMs, whenDue, earlier: latest, later: null };
    if (latest === null) this.#earliest = deadline;
    else latest.later = deadline;
    this.#latest = deadline;
    // One that is under way is for a deadline no later than this one, which may have ended meanwhile.
    this.#timer ??= this.#wait(this.#lengthMs);
    return deadline;
  }

  /** To be called once for each that was begun; afterwards it is not called any more. Ending one that was due does nothing. */
  end(deadline: Deadline): void {
    const { earlier, later } = deadline;
    if (earlier !== null) earlier.later = later;
    else if (this.#earliest === deadline) this.#earliest = later;
    if (later !== null) later.earlier = earlier;
    else if (this.#latest === deadline) this.#latest = earlier;
    deadline.earlier = null;
    deadline.later = null;
  }

  /** What the work comes to, unless it takes too long: then what `late` makes is thrown. The work itself goes on. */
  inTime<Result>(work: Promise<Result>, late: () => Error): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const deadline = this.begin(() => reject(late()));
      work.then(
        (result) => {
          this.end(deadline);
          resolve(result);
        },
        (reason: unknown) => {
          this.end(deadline);
          reject(reason);
        },
      );
    });
  }

  #wait(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#callDue(), Math.ceil(milliseconds)).unref();
  }

  #callDue(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let first = this.#earliest; first !== null && first.dueAt <= now; first = this.#earliest) {
      this.end(first);
      first.whenDue();
    }
    if (this.#earliest !== null) this.#timer ??= this.#wait(this.#earliest.dueAt - now);
  }
}
