// Errors of what Berth offers beyond the Placement API, under /berth.

import { declareError } from './declare.ts';

/** What the readiness probe found; none of the reasons says where the database is or what it said. */
export const serviceNotReady = declareError(
  'berth.not_ready',
  503,
  ({ reason }: { reason: string }) => `The service is not ready: ${reason}.`,
);
export const metricsIncomplete = declareError(
  'berth.metrics_incomplete',
  503,
  () => 'Not every worker told its metrics in time.',
);
