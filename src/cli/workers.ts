// Several processes behind one port. The first process only starts the others, shares the port among them, replaces one
// that ends by itself, and passes the signal on that ends the service. What they agree on, they agree on in the
// database, exactly as services on several machines do.

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from '../telemetry/logger.ts';
import { serveMetricsOfWorkers } from '../telemetry/worker-metrics.ts';

/** Whether this process is one of several. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Tells the first process that this one listens. */
export function announceListening(address: string): void {
  process.send?.({ address });
}

/** Pause before a worker that ended by itself is replaced, so that one that cannot run does not spin. */
const REPLACE_PAUSE_MS = 1_000;

/**
 * Starts the workers and waits until all listen.
 *
 * @param ended resolves with the signal that is to end the service
 * @param listening called once, with the address, when all workers listen
 * @returns the exit code: 1 when a worker could not start
 */
export async function runWorkers(
  count: number,
  logger: Logger,
  ended: Promise<NodeJS.Signals>,
  listening: (address: string) => void,
): Promise<number> {
  serveMetricsOfWorkers();
  const workers = Array.from({ length: count }, () => cluster.fork());
  const addresses = await Promise.race([Promise.all(workers.map(addressOf)), ended.then(() => null)]);
  if (addresses === null) {
    await endAll(await ended);
    return 0;
  }
  const [address] = addresses;
  if (address === undefined || addresses.includes(undefined)) {
    await endAll('SIGTERM');
    return 1;
  }
  const state = { ending: false };
  cluster.on('exit', (worker, code, signal) => {
    if (state.ending) return;
    logger.error({ worker: worker.process.pid, code, signal }, 'a worker ended by itself; another takes its place');
    setTimeout(() => {
      if (!state.ending) cluster.fork();
    }, REPLACE_PAUSE_MS);
  });
  listening(address);
  const signal = await ended;
  state.ending = true;
  await endAll(signal);
  return 0;
}

/** Where a worker listens; undefined when it ends before it does. */
async function addressOf(worker: Worker): Promise<string | undefined> {
  const listens = new Promise<string>((resolve) => {
    worker.on('message', (message: unknown) => {
      const isAddress = typeof message === 'object' && message !== null && 'address' in message;
      if (isAddress) resolve(String(message.address));
    });
  });
  const ends = once(worker, 'exit').then(() => undefined);
  return Promise.race([listens, ends]);
}

/** Passes a signal on to all workers. */
export function signalWorkers(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
}

async function endAll(signal: NodeJS.Signals): Promise<void> {
  const running = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead());
  await Promise.all(
    running.map(async (worker) => {
      if (worker === undefined) return;
      const exited = once(worker, 'exit');
      worker.process.kill(signal);
      await exited;
    }),
  );
}
