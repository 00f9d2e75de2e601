// Which lane a write goes to. Writes about the same thing share a lane, so that they queue in the process instead of
// meeting in the database. A write about several things goes where the one goes that lanes have met on lately, such as a
// storage pool that every claim takes from; otherwise where the first of them goes.

/** How long a meeting is remembered: long enough to learn of it again, short enough to spread again soon. */
const REMEMBERED_MS = 10_000;
/** Of more the oldest are forgotten. */
const REMEMBERED_MAX = 1_000;

export class LaneChoice {
  readonly #metAt = new Map<string, number>();

  /** Writers from different lanes, or processes, have met on it. */
  met(subject: string): void {
    this.#metAt.delete(subject);
    this.#metAt.set(subject, performance.now());
    if (this.#metAt.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#metAt.keys();
    if (oldest !== undefined) this.#metAt.delete(oldest);
  }

  /** The lane of `count`, from 0; undefined for a write that is about nothing in particular. */
  laneOf(subjects: readonly string[], count: number): number | undefined {
    const since = performance.now() - REMEMBERED_MS;
    const subject = this.#metAt.size === 0 ? undefined : subjects.find((one) => (this.#metAt.get(one) ?? 0) > since);
    const chosen = subject ?? subjects[0];
    return chosen === undefined ? undefined : hashOf(chosen) % count;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
