// All metrics of a process, in a registry of their own: prom-client's global one would be shared by every service that
// a test starts. What is measured is told by the other rooms as values; nothing here asks them.

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type HttpMetrics, httpMetrics } from './http-metrics.ts';
import { type ModelMetrics, modelMetrics } from './model-metrics.ts';
import { type StoreMetrics, storeMetrics } from './store-metrics.ts';

/** The content type of the text format of Prometheus. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

export interface Metrics {
  readonly http: HttpMetrics;
  readonly store: StoreMetrics;
  readonly model: ModelMetrics;
  readonly registry: Registry;
  /** Everything, in the text format of Prometheus. */
  text(): Promise<string>;
}

/** @param version of Berth */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Memory, processor time, garbage collection and the delay of the event loop, by the names that dashboards know.
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: 'berth_build_info',
    help: '1; what runs here is in the labels.',
    labelNames: ['version', 'node'],
    registers,
    aggregator: 'first',
  });
  build.set({ version, node: process.versions.node }, 1);
  // Summed over the workers of a service.
  new Gauge({ name: 'berth_workers', help: 'Processes that these metrics are of.', registers }).set(1);
  return {
    http: httpMetrics(registers),
    store: storeMetrics(registers),
    model: modelMetrics(registers),
    registry,
    text: () => registry.metrics(),
  };
}
