// Metrics of the model in memory: its size, its checks for news, its audit, and the searches that it answers.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { COUNTS, SECONDS } from './buckets.ts';

/** A look at the change feed; the model's own events are of this shape. */
export type CheckObservation =
  | { readonly kind: 'checked'; readonly found: string; readonly rows: number; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly durationMs: number };

/** A search for allocation candidates. */
export interface SearchObservation {
  readonly steps: number;
  /** Null when it was refused. */
  readonly found: number | null;
  readonly durationMs: number;
}

/** A step of the audit. */
export interface AuditObservation {
  readonly compared: number;
  readonly differences: number;
  readonly unhealed: number;
  readonly roundEnded: boolean;
}

/** The model at a moment. */
export interface ModelView {
  readonly providerCount: number;
  readonly ageMs: number | null;
}

export interface ModelMetrics {
  checked(event: CheckObservation): void;
  searched(event: SearchObservation): void;
  audited(step: AuditObservation): void;
  watch(view: () => ModelView): void;
}

export function modelMetrics(registers: Registry[]): ModelMetrics {
  const checks = new Histogram({
    name: 'berth_model_check_duration_seconds',
    help: 'Seconds to bring the model up to date, by what there was: none, delta, reload, or failed.',
    labelNames: ['found'],
    buckets: SECONDS,
    registers,
  });
  const rows = new Counter({
    name: 'berth_model_providers_applied_total',
    help: 'Resource providers taken into the model because they changed, or in a reload.',
    registers,
  });
  const auditing = auditMetrics(registers);
  const searching = searchMetrics(registers);
  return {
    checked(event) {
      checks.observe({ found: event.kind === 'failed' ? 'failed' : event.found }, event.durationMs / 1000);
      if (event.kind === 'checked') rows.inc(event.rows);
    },
    ...auditing,
    ...searching,
    watch: viewGauges(registers),
  };
}

function auditMetrics(registers: Registry[]): Pick<ModelMetrics, 'audited'> {
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const compared = counter('berth_model_audit_compared_total', 'Resource providers compared with the database.');
  const differences = counter(
    'berth_model_audit_differences_total',
    'Of them, those that the model had wrong. Anything but 0 is a defect, or the work of someone who writes past the service.',
  );
  const unhealed = counter('berth_model_audit_unhealed_total', 'Of them, those that it had wrong afterwards too.');
  const rounds = counter('berth_model_audit_rounds_total', 'Times that the audit has been through all providers.');
  return {
    audited(step) {
      compared.inc(step.compared);
      differences.inc(step.differences);
      unhealed.inc(step.unhealed);
      if (step.roundEnded) rounds.inc();
    },
  };
}

function searchMetrics(registers: Registry[]): Pick<ModelMetrics, 'searched'> {
  const durations = new Histogram({
    name: 'berth_candidate_search_duration_seconds',
    help: 'Seconds of search and presentation, during which the process does nothing else, by outcome; without answers that were given again.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers,
  });
  const steps = new Histogram({
    name: 'berth_candidate_search_steps',
    help: 'Steps of a search; search_steps_max bounds them.',
    buckets: COUNTS,
    registers,
  });
  const returned = new Histogram({
    name: 'berth_candidates_returned',
    help: 'Allocation requests in an answer.',
    buckets: COUNTS.slice(0, 11),
    registers,
  });
  return {
    searched(event) {
      durations.observe({ outcome: event.found === null ? 'refused' : 'answered' }, event.durationMs / 1000);
      steps.observe(event.steps);
      if (event.found !== null) returned.observe(event.found);
    },
  };
}

function viewGauges(registers: Registry[]): ModelMetrics['watch'] {
  let view: (() => ModelView) | null = null;
  new Gauge({
    name: 'berth_model_providers',
    help: 'Resource providers in the model of a process.',
    registers,
    aggregator: 'max',
    collect() {
      this.set(view?.().providerCount ?? 0);
    },
  });
  new Gauge({
    name: 'berth_model_age_seconds',
    help: 'Seconds since the model was last brought up to date; a read does so before it looks.',
    registers,
    aggregator: 'max',
    collect() {
      this.set((view?.().ageMs ?? 0) / 1000);
    },
  });
  return (source) => {
    view = source;
  };
}
