// The text of docs/metrics.md, made from the metrics themselves.

import { createMetrics } from '../src/telemetry/metrics.ts';

const INTRODUCTION = `# Metrics

<!-- Made from src/telemetry by \`npm run docs\`. Change it there. -->

\`GET /berth/metrics\` answers in the text format of Prometheus. It needs no token, as scrapers expect, and is answered
however busy the service is; \`[berth] metrics = false\` takes it away. What it says names nobody: labels are templates of
routes, methods, microversions, statuses and names out of Berth's own catalogues, so their number is bounded, too.

With several workers any of them answers for all: counters, histograms and most gauges are summed; of
\`berth_model_providers\` and \`berth_model_age_seconds\`, of which each worker has its own, the largest is shown. A worker that
ended takes its counts with it, which Prometheus sees as a restart of the counter. While not every worker answers within
five seconds, the answer is 503.

\`\`\`yaml
scrape_configs:
  - job_name: berth
    metrics_path: /berth/metrics
    static_configs:
      - targets: ['placement.example.org:8778']
\`\`\`

## What to look at

| question | metric |
|---|---|
| Do requests fail? | \`rate(berth_http_requests_total{status=~"5.."}[5m])\`, by \`berth_errors_total\` |
| How long do they take? | \`histogram_quantile(0.99, sum by (le, route) (rate(berth_http_request_duration_seconds_bucket[5m])))\` |
| Is it too much? | \`berth_limit_refusals_total\`, \`berth_http_requests_waiting\`; \`berth_http_concurrency\` below its setting |
| Is the database slow, or in the way? | \`berth_reads_waiting\`, \`berth_writes_queued\`, \`berth_write_attempts_failed_total\` |
| Is what is told from memory true? | \`berth_model_audit_differences_total\` is 0 |
`;

const DEFAULTS = `
## Of the process

As in every service that uses \`prom-client\`: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_open_fds\`, \`nodejs_eventloop_lag_p99_seconds\` and its like, \`nodejs_heap_size_used_bytes\`,
\`nodejs_gc_duration_seconds\`, and others of that kind. Of the event loop's delays the mean over the workers is shown.
`;

/** The whole page. */
export function metricsPage(): string {
  const rows = createMetrics('')
    .registry.getMetricsAsArray()
    .filter(({ name }) => name.startsWith('berth_'))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((metric) => [`\`${metric.name}\``, String(metric.type), labelsOf(metric), metric.help]);
  const table = [['Name', 'Type', 'Labels', 'What it counts'], ['---', '---', '---', '---'], ...rows];
  const lines = table.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return `${INTRODUCTION}\n## Berth's own\n\n${lines.join('\n')}\n${DEFAULTS}`;
}

function labelsOf(metric: object): string {
  const names = 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
  return names.map((name) => `\`${name}\``).join(', ');
}
