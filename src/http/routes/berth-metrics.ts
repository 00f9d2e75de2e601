// /berth/metrics: for Prometheus. Open to everyone who reaches the service, since scrapers have no token, and since
// nothing in it names anybody; `[berth] metrics = false` takes it away.

import { METRICS_CONTENT_TYPE } from '../../telemetry/metrics.ts';
import { showMetrics } from '../openapi/contracts/berth.ts';
import type { Operation } from '../operation.ts';

/** @param text all metrics, in the text format of Prometheus */
export function berthMetrics(text: () => Promise<string>): Operation {
  return {
    method: 'GET',
    path: '/berth/metrics',
    since: 0,
    guards: [],
    rule: null,
    urgent: true,
    contract: showMetrics,
    answer: async () => ({ status: 200, body: await text(), contentType: METRICS_CONTENT_TYPE }),
  };
}
