// How long things are measured: a sanity check of minutes, or the run whose figures are published.

export interface Plan {
  readonly quick: boolean;
  /** Turns that the services take with each case. */
  readonly rounds: number;
  /** A warm-up, if so many seconds are enough for it. */
  readonly warmUpSeconds: number;
  /**
   * Turns until compilers have settled: what a cheap turn costs falls by a fifth until then. Dear ones, which come to less
   * than a thousand in a second, do the same many times in each, and have settled by then.
   */
  readonly warmUpTurns: number;
  /** Seconds of one round. */
  readonly berthSeconds: number;
  readonly peerSeconds: number;
  /** Seconds at each number of clients, and at each rate. */
  readonly loadSeconds: number;
  readonly rateSeconds: number;
  /** Seconds of each program in limits/. */
  readonly limitSeconds: number;
  readonly clients: readonly number[];
  /** A request of the peer that takes longer is reported as unanswered. */
  readonly timeoutMs: number;
  /** A window that would keep the peer busy for longer is left out, and said so. */
  readonly windowSecondsMax: number;
}

/** For cases that are left when a workload has used up its time: what they cost, and no more. */
export function shortened(plan: Plan): Plan {
  return { ...plan, rounds: 1, clients: [1], rateSeconds: 0 };
}

export const FULL: Plan = {
  ...{
    quick: false,
    rounds: 3,
    warmUpSeconds: 1.5,
    warmUpTurns: 20_000,
    berthSeconds: 1,
    peerSeconds: 2,
    loadSeconds: 2.5,
    rateSeconds: 6,
    limitSeconds: 1.5,
  },
  ...{ clients: [1, 16, 64], timeoutMs: 60_000, windowSecondsMax: 12 },
};

export const QUICK: Plan = {
  ...{
    quick: true,
    rounds: 2,
    warmUpSeconds: 0.8,
    warmUpTurns: 0,
    berthSeconds: 0.6,
    peerSeconds: 0.6,
    loadSeconds: 1,
    rateSeconds: 1.5,
  },
  ...{ limitSeconds: 0.5, clients: [1, 16], timeoutMs: 15_000, windowSecondsMax: 6 },
};
