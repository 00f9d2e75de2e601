// Metrics of the store: commits and what goes into one, attempts that came to nothing, and who waits for a connection.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { COUNTS } from './buckets.ts';

/** What happened in a write lane; the store's own events are of this shape. */
export type LaneObservation =
  | { readonly kind: 'committed'; readonly requests: number }
  | { readonly kind: 'refused'; readonly plan: string; readonly stale: boolean; readonly error: string }
  | { readonly kind: 'outcome-found'; readonly committed: boolean };

/** How busy the store is at a moment. */
export interface StoreLoad {
  readonly reads: { readonly open: number; readonly idle: number; readonly waiting: number };
  readonly writesQueued: number;
  readonly lanes: number;
}

export interface StoreMetrics {
  laneEvent(event: LaneObservation): void;
  watch(load: () => StoreLoad): void;
}

export function storeMetrics(registers: Registry[]): StoreMetrics {
  const batches = new Histogram({
    name: 'berth_write_commit_requests',
    help: 'Requests committed together; the count is that of commits.',
    buckets: COUNTS.slice(0, 5),
    registers,
  });
  const refused = new Counter({
    name: 'berth_write_attempts_failed_total',
    help: 'Transactions that came to nothing: stale (the data had changed), or what is done about it otherwise: run-again, reconnect, unavailable, bug; and the code of the error (docs/database-errors.md).',
    labelNames: ['reason', 'error'],
    registers,
  });
  const outcomes = new Counter({
    name: 'berth_write_outcomes_found_total',
    help: 'Commits whose answer was lost with the connection and that were looked up.',
    labelNames: ['committed'],
    registers,
  });
  return {
    laneEvent(event) {
      switch (event.kind) {
        case 'committed':
          return batches.observe(event.requests);
        case 'refused':
          return refused.inc({ reason: event.stale ? 'stale' : event.plan, error: event.error });
        case 'outcome-found':
          return outcomes.inc({ committed: String(event.committed) });
      }
    },
    watch: loadGauges(registers),
  };
}

function loadGauges(registers: Registry[]): StoreMetrics['watch'] {
  let load: (() => StoreLoad) | null = null;
  const connections = new Gauge({
    name: 'berth_read_connections',
    help: 'Connections for reading, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      const { open, idle } = load === null ? { open: 0, idle: 0 } : load().reads;
      this.set({ state: 'busy' }, open - idle);
      this.set({ state: 'idle' }, idle);
    },
  });
  connections.set({ state: 'idle' }, 0);
  const gauge = (name: string, help: string, value: (load: StoreLoad) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(load === null ? 0 : value(load()));
      },
    });
  };
  gauge('berth_reads_waiting', 'Reads that wait for a connection.', ({ reads }) => reads.waiting);
  gauge('berth_writes_queued', 'Writes that wait for their transaction to begin.', ({ writesQueued }) => writesQueued);
  gauge('berth_write_lanes', 'Connections that write.', ({ lanes }) => lanes);
  return (source) => {
    load = source;
  };
}
