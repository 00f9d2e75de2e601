// What the log says of requests that were refused for overload: a line at once, then one every ten seconds with their
// number. Who wants to know more has the metrics.

import type { Logger } from '../telemetry/logger.ts';

const EVERY_MS = 10_000;

export class ShedLog {
  readonly #logger: Logger;
  #count = 0;
  #nextAt = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** One more request was refused. */
  count(): void {
    this.#count++;
    const now = performance.now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + EVERY_MS;
    this.#logger.warn({ refused: this.#count }, 'overloaded: requests are refused');
    this.#count = 0;
  }
}
