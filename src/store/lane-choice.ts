// Which lane a write goes to. As long as one keeps up, all go there: what waits together is committed together, at a fraction
// of the price of each by itself. When it falls behind, all lanes are used until that has not been so for a while. Writes about
// the same thing share a lane, so that they queue in the process instead of meeting in the database. A write about several
// things goes where the one goes that lanes have met on lately, such as a storage pool that every claim takes from;
// otherwise where the first of them goes.

/** How long a meeting is remembered: long enough to learn of it again, short enough to spread again soon. */
const REMEMBERED_MS = 10_000;
/** Of more the oldest are forgotten. */
const REMEMBERED_MAX = 1_000;
/** How long all lanes are used after one has fallen behind. */
const SPREAD_FOR_MS = 10_000;

/** What is known of a lane when somebody is to wait in it. */
export interface LaneLoad {
  /** Requests that wait for their transaction to begin. */
  readonly queued: number;
  /** Others should come to another lane if they can. */
  readonly isBehind: boolean;
}

export class LaneChoice {
  readonly #metAt = new Map<string, number>();
  #lastMetAt = Number.NEGATIVE_INFINITY;
  #behindAt = Number.NEGATIVE_INFINITY;

  /** Writers from different lanes, or processes, have met; on these things, as far as that is known. */
  met(subjects: readonly string[]): void {
    this.#lastMetAt = performance.now();
    for (const subject of subjects) this.#remember(subject, this.#lastMetAt);
  }

  #remember(subject: string, metAt: number): void {
    this.#metAt.delete(subject);
    this.#metAt.set(subject, metAt);
    if (this.#metAt.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#metAt.keys();
    if (oldest !== undefined) this.#metAt.delete(oldest);
  }

  /** Whether writers have met lately. */
  get hasMet(): boolean {
    return performance.now() - this.#lastMetAt < REMEMBERED_MS;
  }

  /** One of the lanes, of which there is at least one. */
  laneOf<Lane extends LaneLoad>(subjects: readonly string[], lanes: readonly Lane[]): Lane {
    const now = performance.now();
    const chosen = this.#among(subjects, now - this.#behindAt < SPREAD_FOR_MS ? lanes : lanes.slice(0, 1));
    if (!chosen.isBehind) return chosen;
    this.#behindAt = now;
    return this.#among(subjects, lanes);
  }

  /** Where the write about these things goes; the shortest lane for one that is about nothing in particular. */
  #among<Lane extends LaneLoad>(subjects: readonly string[], lanes: readonly Lane[]): Lane {
    const since = performance.now() - REMEMBERED_MS;
    const subject =
      this.#metAt.size === 0
        ? undefined
        : subjects.find((one) => (this.#metAt.get(one) ?? Number.NEGATIVE_INFINITY) > since);
    const known = subject ?? subjects[0];
    const chosen =
      known === undefined
        ? lanes.reduce((best, lane) => (lane.queued < best.queued ? lane : best))
        : lanes[hashOf(known) % lanes.length];
    if (chosen === undefined) throw new Error('a store without lanes');
    return chosen;
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
