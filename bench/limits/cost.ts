// Does something again and again for a while, after a warm-up, and prints what one of it costs.

export interface Cost {
  readonly done: number;
  /** Processor time of this process, and time that passed; of one, in milliseconds. */
  readonly processorMs: number;
  readonly tookMs: number;
  /** Done before, as a share of what was done. */
  readonly warmUpShare: number;
}

/** As long as it is measured then. */
const WARM_UP_SHARE = 1;

/** @param work does it once or several times, and tells how often */
export async function printCost(seconds: number, work: (turn: number) => Promise<number>): Promise<void> {
  let turn = 0;
  const during = async (ms: number) => {
    const beganAt = performance.now();
    const before = process.cpuUsage();
    let done = 0;
    while (performance.now() - beganAt < ms) {
      done += await work(turn);
      turn += 1;
    }
    const { user, system } = process.cpuUsage(before);
    return { done, processorMs: (user + system) / 1000 / done, tookMs: (performance.now() - beganAt) / done };
  };
  const warmUp = await during(seconds * WARM_UP_SHARE * 1000);
  const measured = await during(seconds * 1000);
  const cost: Cost = { ...measured, warmUpShare: warmUp.done / measured.done };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}
