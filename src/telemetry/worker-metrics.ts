// Metrics of a service that is several processes. Whichever worker is asked, the answer is of all of them, as someone
// who scrapes one address expects: the worker asks the first process, which asks every worker and adds up.

import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { metricsIncomplete } from '../domain/errors/berth.ts';
import type { Metrics } from './metrics.ts';

const WANTED = 'berth:metricsWanted';
const READY = 'berth:metricsReady';
/** prom-client gives up after five seconds. */
const PATIENCE_MS = 6_000;

interface WantedMessage {
  readonly type: typeof WANTED;
  readonly id: number;
}

interface ReadyMessage {
  readonly type: typeof READY;
  readonly id: number;
  /** Null: not every worker answered. */
  readonly text: string | null;
}

/** In the first process: answers workers that want the metrics of all. */
export function serveMetricsOfWorkers(): void {
  const registry = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isWanted(message)) return;
    void registry
      .clusterMetrics()
      .catch(() => null)
      .then((text) => {
        const reply: ReadyMessage = { type: READY, id: message.id, text };
        if (worker.isConnected()) worker.send(reply);
      });
  });
}

/** In a worker: tells the first process its metrics when asked, and asks for those of all. Error: 503. */
export function metricsOfWorkers({ registry }: Metrics): () => Promise<string> {
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries(registry);
  const asked = new Map<number, (text: string | null) => void>();
  let lastId = 0;
  process.on('message', (message: unknown) => {
    if (!isReady(message)) return;
    asked.get(message.id)?.(message.text);
  });
  return async () => {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<string | null>();
    asked.set(id, resolve);
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    const wanted: WantedMessage = { type: WANTED, id };
    process.send?.(wanted);
    const text = await promise;
    clearTimeout(timer);
    asked.delete(id);
    if (text === null) throw metricsIncomplete({});
    return text;
  };
}

function isWanted(message: unknown): message is WantedMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === WANTED;
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === READY;
}
