// The row ids of projects, users and consumer types that claims have named lately, so that the statement that makes a
// consumer need not look them up. Nobody deletes or renames such rows while services run; that an administrator may have
// done so, or put back a backup, is found out in a moment. Only what was committed is remembered.

import { ExpiringLru } from '../domain/expiring-lru.ts';
import type { ConsumerFacts, FactIds } from './records/consumers.ts';

/** How long an id is taken to be right without another look. */
const KNOWN_FOR_MS = 10_000;
/** Some 200 bytes each. */
const KNOWN_MAX = 10_000;

export class KnownOwners {
  readonly #read: (facts: ConsumerFacts) => Promise<FactIds | undefined>;
  readonly #now: () => number;
  readonly #ids: ExpiringLru<FactIds>;

  /** @param read the ids as committed; undefined when one of the names is new */
  constructor(read: (facts: ConsumerFacts) => Promise<FactIds | undefined>, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
    this.#ids = new ExpiringLru(KNOWN_MAX, now);
  }

  /** The ids, if they were looked up lately. */
  known(facts: ConsumerFacts): FactIds | undefined {
    return this.#ids.get(keyOf(facts));
  }

  /** Looks the ids up where they are not known; nothing is known afterwards of names that are new. */
  async lookUp(facts: ConsumerFacts): Promise<void> {
    const until = this.#now() + KNOWN_FOR_MS;
    const ids = await this.#read(facts);
    if (ids !== undefined) this.#ids.set(keyOf(facts), ids, until);
  }
}

function keyOf({ project, user, consumerType }: ConsumerFacts): string {
  return JSON.stringify([project, user, consumerType]);
}
