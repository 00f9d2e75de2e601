// Runs the audit of the model in the background, one slice after a pause, until the service stops.

import { type AuditStep, ModelAudit } from '../operations/audit-model.ts';
import type { Service } from '../operations/service.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface RunningAudit {
  /** Resolves when no step is under way any more. */
  stop(): Promise<void>;
}

/** @param pauseMs between two slices */
export function runModelAudit(service: Service, pauseMs: number, metrics: Metrics, logger: Logger): RunningAudit {
  const audit = new ModelAudit(service);
  const reports = new AuditReports(logger);
  let underWay: Promise<void> = Promise.resolve();
  const step = async () => {
    try {
      const found = await audit.step();
      metrics.model.audited(found);
      reports.add(found);
    } catch {
      // The database does not answer. Requests say so louder than this could; the slice is looked at again.
    }
    timer.refresh();
  };
  const timer = setTimeout(() => {
    underWay = step();
  }, pauseMs).unref();
  return {
    async stop() {
      clearTimeout(timer);
      await underWay;
      clearTimeout(timer);
    },
  };
}

/** Says once in a round what was found in it, not once for each slice. */
class AuditReports {
  readonly #logger: Logger;
  #reported = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add({ differences, unhealed, roundEnded }: AuditStep): void {
    if (differences > 0 && !this.#reported) {
      this.#reported = true;
      const text = 'the model in memory differed from the database; what differed was replaced';
      this.#logger.error({ differences, unhealed }, text);
    }
    if (roundEnded) this.#reported = false;
  }
}
