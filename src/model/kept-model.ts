// The model, kept true: before a read uses it, the feed is asked for what is new. Reads that come in while a check is
// under way share the next one, never one that began before they did; that is what makes a read after an acknowledged
// write see the write (promise P4) at the price of one check at a time.

import { setImmediate } from 'node:timers/promises';
import type { ModelUpdate } from '../domain/resource-provider.ts';
import { Model } from './model.ts';

/**
 * Asks the change feed. `everything` is asked for once after an update could not be applied; the feed then answers with
 * a reload.
 */
export type Poll = (need: 'news' | 'everything') => Promise<ModelUpdate>;

interface Waiting {
  use(model: Model): void;
  fail(reason: unknown): void;
}

/** A batch of reads lets sockets and timers have their turn after this long. */
const STRETCH_MS = 5;

export class KeptModel {
  readonly #poll: Poll;
  readonly #model = new Model();
  #waiting: Waiting[] = [];
  #checking = false;
  #broken = false;

  constructor(poll: Poll) {
    this.#poll = poll;
  }

  /**
   * What `use` makes of the model, brought up to date after this call began. `use` runs in one stretch and must not keep
   * provider numbers. Rejects with what the poll failed with, or with what `use` throws.
   */
  read<T>(use: (model: Model) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        use: (model) => {
          try {
            resolve(use(model));
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      });
      if (!this.#checking) void this.#check();
    });
  }

  /** Serves everyone who waits, check after check, until nobody does. Never rejects: failures go to those who waited. */
  async #check(): Promise<void> {
    this.#checking = true;
    while (this.#waiting.length > 0) {
      const served = this.#waiting;
      this.#waiting = [];
      try {
        await this.#update();
      } catch (error) {
        for (const waiting of served) waiting.fail(error);
        continue;
      }
      await this.#serve(served);
    }
    this.#checking = false;
  }

  async #update(): Promise<void> {
    const update = await this.#poll(this.#broken ? 'everything' : 'news');
    if (this.#broken && update.kind !== 'reload') throw new Error('the model waits for a reload');
    // True until the update is in as a whole: half of one would be a wrong picture.
    this.#broken = true;
    this.#model.apply(update);
    this.#broken = false;
  }

  /** No update is applied until everyone served has had the model. */
  async #serve(served: readonly Waiting[]): Promise<void> {
    let stretchEnds = performance.now() + STRETCH_MS;
    for (const waiting of served) {
      if (performance.now() > stretchEnds) {
        await setImmediate();
        stretchEnds = performance.now() + STRETCH_MS;
      }
      waiting.use(this.#model);
    }
  }
}
