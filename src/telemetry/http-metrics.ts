// Metrics of requests: how many, how long, how they ended and what refused them. Labels are route templates, methods,
// microversions, statuses and names of our own catalogues, so their number is bounded and nobody is named in them.

import { METHODS } from 'node:http';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { errorCatalogue } from '../domain/errors/declare.ts';
import { SECONDS } from './buckets.ts';

/** What is known of a request once its answer is made. */
export interface AnsweredRequest {
  readonly method: string;
  /** Template; null where no path matched. */
  readonly route: string | null;
  /** `1.39`; null when the request did not get that far. */
  readonly microversion: string | null;
  readonly status: number;
  readonly durationMs: number;
  /** Of the catalogue, or of the identity layer; null on success. */
  readonly errorKind: string | null;
  /** The setting whose bound refused the request. */
  readonly limit: string | null;
}

/** A request that was not let in. */
export type ShedRequest = Omit<AnsweredRequest, 'microversion' | 'durationMs'>;

export interface HttpMetrics {
  answered(request: AnsweredRequest): void;
  /** Like {@link answered}, for thousands in a row: counted at once, added to the metrics when these are asked for. */
  shed(request: ShedRequest): void;
  /** Somebody was asked who they are. */
  identified(result: 'caller' | 'unauthorized' | 'unavailable' | 'failed', durationMs: number): void;
  /** Policy refused an operation that needs the rule. */
  denied(rule: string): void;
  /** A connection was closed unanswered because there are too many. */
  connectionDropped(): void;
  /** Says where to look for the requests of the moment when metrics are asked for. */
  watch(load: () => HttpLoad): void;
}

export interface HttpLoad {
  readonly underWay: number;
  readonly waiting: number;
  readonly concurrency: number;
  readonly connections: number;
}

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

export function httpMetrics(registers: Registry[]): HttpMetrics {
  const requests = new Counter({
    name: 'berth_http_requests_total',
    help: 'Requests answered, by template of the route, method, microversion and status.',
    labelNames: ['route', 'method', 'microversion', 'status'],
    registers,
    collect: addShed,
  });
  const durations = new Histogram({
    name: 'berth_http_request_duration_seconds',
    help: 'Seconds from a request having arrived to its answer being handed to the socket, by class of status; without those that an overload refused.',
    labelNames: ['route', 'method', 'status_class'],
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'berth_errors_total',
    help: 'Requests refused or failed, by kind of error (docs/errors.md).',
    labelNames: ['kind'],
    registers,
    collect: addShed,
  });
  const limits = new Counter({
    name: 'berth_limit_refusals_total',
    help: 'Refusals by a bound, by the setting in [berth] that is the bound (docs/limits.md).',
    labelNames: ['limit'],
    registers,
    collect: addShed,
  });
  for (const limit of limitNames()) limits.inc({ limit }, 0);
  const identifications = new Histogram({
    name: 'berth_identification_duration_seconds',
    help: 'Seconds to find out who is calling, remembered answers included, by result.',
    labelNames: ['result'],
    buckets: SECONDS,
    registers,
  });
  const denials = new Counter({
    name: 'berth_policy_denials_total',
    help: 'Requests that policy refused, by rule.',
    labelNames: ['rule'],
    registers,
  });
  const gauges = loadGauges(registers);
  const shed = new Map<string, { readonly request: ShedRequest; times: number }>();

  function addShed(): void {
    for (const { request, times } of shed.values()) count({ ...request, microversion: null }, times);
    shed.clear();
  }

  function count(request: Omit<AnsweredRequest, 'durationMs'>, times: number): void {
    const { method, route, microversion, status, errorKind, limit } = request;
    requests.inc({ ...routeLabels(route, method), microversion: microversion ?? '-', status }, times);
    if (errorKind !== null) errors.inc({ kind: errorKind }, times);
    if (limit !== null) limits.inc({ limit }, times);
  }

  return {
    answered(request) {
      const { method, route, status, durationMs } = request;
      count(request, 1);
      const labels = { ...routeLabels(route, method), status_class: `${Math.floor(status / 100)}xx` };
      durations.observe(labels, durationMs / 1000);
    },
    shed(request) {
      const key = `${request.errorKind} ${methodLabel(request.method)} ${request.route}`;
      const counted = shed.get(key);
      if (counted === undefined) shed.set(key, { request, times: 1 });
      else counted.times++;
    },
    identified: (result, durationMs) => identifications.observe({ result }, durationMs / 1000),
    denied: (rule) => denials.inc({ rule }),
    connectionDropped: () => limits.inc({ limit: CONNECTIONS_MAX }),
    watch: gauges.watch,
  };
}

function routeLabels(route: string | null, method: string) {
  return { route: route ?? '-', method: methodLabel(method) };
}

function methodLabel(method: string): string {
  return KNOWN_METHODS.has(method) ? method : '-';
}

/** Bounds that close connections instead of refusing requests. */
const CONNECTIONS_MAX = 'connections_max';

/** The settings that are bounds. */
export function limitNames(): readonly string[] {
  const ofErrors = errorCatalogue().flatMap(({ limit }) => (limit === null ? [] : [limit]));
  return [...new Set([...ofErrors, CONNECTIONS_MAX])].sort();
}

function loadGauges(registers: Registry[]): Pick<HttpMetrics, 'watch'> {
  let load: (() => HttpLoad) | null = null;
  const gauge = (name: string, help: string, value: (load: HttpLoad) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(load === null ? 0 : value(load()));
      },
    });
  };
  gauge('berth_http_requests_under_way', 'Requests being worked on.', ({ underWay }) => underWay);
  gauge('berth_http_requests_waiting', 'Requests that wait for their turn.', ({ waiting }) => waiting);
  gauge(
    'berth_http_concurrency',
    'Most requests that are worked on at a time now: concurrent_requests_max, less under overload.',
    ({ concurrency }) => concurrency,
  );
  gauge('berth_http_connections', 'Open connections.', ({ connections }) => connections);
  return {
    watch: (source) => {
      load = source;
    },
  };
}
