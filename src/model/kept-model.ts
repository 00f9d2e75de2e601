// The model, kept true: before a read uses it, the feed is asked for what is new. Reads that come in while a check is
// under way share the next one, never one that began before they did; that is what makes a read after an acknowledged
// write see the write (promise P4) at the price of one check at a time.

import { setImmediate } from 'node:timers/promises';
import type { ModelUpdate, ReloadTarget, UsageChange } from '../domain/resource-provider.ts';
import { Deadlines } from '../timing/deadlines.ts';
import { Model } from './model.ts';

/**
 * Asks the change feed. `everything` is asked for once after an update could not be applied; the feed then answers with
 * a reload. Its providers may be given to `target` while they are read.
 */
export type Poll = (need: 'news' | 'everything', target: ReloadTarget) => Promise<ModelUpdate>;

/** A look at the same feed that also brings along what was read at that moment. */
export type PollAndSee<Seen> = (
  need: 'news' | 'everything',
  target: ReloadTarget,
) => Promise<{ readonly update: ModelUpdate; readonly seen: Seen }>;

/** A check of the feed, for metrics. */
export type CheckEvent =
  | {
      readonly kind: 'checked';
      readonly found: ModelUpdate['kind'];
      readonly rows: number;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly durationMs: number };

interface Waiting {
  /** Takes the place of the usual look at the feed. */
  readonly poll?: Poll;
  use(model: Model): void;
  fail(reason: unknown): void;
}

/** How long a read may wait for an up-to-date model, and the error it is answered with afterwards. */
export interface Patience {
  readonly waitMaxMs: number;
  readonly giveUp: () => Error;
}

/** After a commit that could not be taken over, the picture is brought up to date by itself. */
const REFRESH_DELAY_MS = 20;
/** Reads let sockets and timers have their turn after this long: after each large search, or some fifty small ones. */
const STRETCH_MS = 1;

export class KeptModel {
  readonly #poll: Poll;
  readonly #patience: { readonly deadlines: Deadlines; readonly giveUp: () => Error } | null;
  readonly #observe: (event: CheckEvent) => void;
  readonly #model = new Model();
  #waiting: Waiting[] = [];
  #checking = false;
  #broken = false;
  #trueAtMs: number | null = null;
  #reading = false;
  /** Commits of this process that came while the feed was read: whether that reading had them shows only at its end. */
  #lateCommits: (() => boolean)[] = [];
  #refresh: NodeJS.Timeout | undefined;
  readonly #reloadTarget: ReloadTarget = {
    reading: () => {
      this.#reading = true;
    },
    begin: (names) => {
      // From here to the end of the reload the picture is half of one.
      this.#broken = true;
      this.#model.begin(names);
    },
    add: (providers) => this.#model.add(providers),
  };

  /**
   * Without `patience` a read waits as long as the checks before it take.
   *
   * @param observe told of every check, for metrics
   */
  constructor(poll: Poll, patience: Patience | null = null, observe: (event: CheckEvent) => void = () => {}) {
    this.#poll = poll;
    this.#patience = patience && { deadlines: new Deadlines(patience.waitMaxMs), giveUp: patience.giveUp };
    this.#observe = observe;
  }

  /** Milliseconds since the beginning of the last check that succeeded; null before the first. */
  get ageMs(): number | null {
    return this.#trueAtMs === null ? null : performance.now() - this.#trueAtMs;
  }

  /** Providers in the model as it stands, which may be behind the database. */
  get providerCount(): number {
    return this.#model.providerCount;
  }

  /**
   * What `use` makes of the model, brought up to date after this call began. `use` runs in one stretch and must not keep
   * provider numbers. Rejects with what the poll failed with, or with what `use` throws.
   */
  read<T>(use: (model: Model) => T): Promise<T> {
    const read = this.readPatiently(use);
    return this.#patience === null ? read : this.#patience.deadlines.inTime(read, this.#patience.giveUp);
  }

  /** The same however long it takes: for the load at start. */
  readPatiently<T>(use: (model: Model) => T): Promise<T> {
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

  /**
   * What `use` makes of the model and of what was read together with its update: both are of one moment. `use` may heal
   * the model with what it finds. Whoever waits for a check shares this one.
   */
  readWith<Seen, T>(poll: PollAndSee<Seen>, use: (model: Model, seen: Seen) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let seen: { readonly value: Seen } | undefined;
      this.#waiting.push({
        poll: async (need, target) => {
          const look = await poll(need, target);
          seen = { value: look.seen };
          return look.update;
        },
        use: (model) => {
          try {
            if (seen === undefined) throw new Error('nothing was seen');
            resolve(use(model, seen.value));
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      });
      if (!this.#checking) void this.#check();
    });
  }

  /**
   * The picture as it stands, which may be behind the database; null before the first load and after one that failed.
   * Providers may be told apart by row id and generation only, since it may change between two looks.
   */
  get remembered(): Model | null {
    return this.#broken || this.#trueAtMs === null ? null : this.#model;
  }

  /** Whether the feed has been read further than the picture shows, or is about to be. */
  get isBeingRead(): boolean {
    return this.#reading;
  }

  /** Whether something was committed by this process that the picture does not show yet. */
  get isBehind(): boolean {
    return this.#lateCommits.length > 0 || this.#refresh !== undefined;
  }

  /**
   * Takes over a commit of this process without reading it back, or reads it soon if that cannot be done.
   *
   * @param takeOver the store's question whether the commit is the next one; `apply` is how it is answered
   */
  committed(usage: readonly UsageChange[] | null, takeOver: (apply: () => boolean) => boolean): void {
    const take = (): boolean =>
      takeOver(() => usage !== null && this.remembered !== null && this.#model.takeOver(usage));
    if (this.#reading) this.#lateCommits.push(take);
    else if (!take()) this.#refreshSoon();
  }

  /** What is left to read stands in the way of all that is committed afterwards. */
  #refreshSoon(): void {
    this.#refresh ??= setTimeout(() => {
      this.#refresh = undefined;
      // A failure is for those to hear who read.
      this.readPatiently(() => {}).catch(() => {});
    }, REFRESH_DELAY_MS).unref();
  }

  /** Serves everyone who waits, check after check, until nobody does. Never rejects: failures go to those who waited. */
  async #check(): Promise<void> {
    this.#checking = true;
    while (this.#waiting.length > 0) {
      const [special, ...specials] = this.#waiting.filter(({ poll }) => poll !== undefined);
      const served = this.#waiting.filter((waiting) => waiting !== special && !specials.includes(waiting));
      this.#waiting = specials;
      try {
        await this.#update(special);
      } catch (error) {
        special?.fail(error);
        for (const waiting of served) waiting.fail(error);
        continue;
      }
      await this.#serve(served);
    }
    this.#checking = false;
  }

  /** @param special gets the model as of the moment of its own poll, before commits that came meanwhile are taken over */
  async #update(special: Waiting | undefined): Promise<void> {
    const beganAt = performance.now();
    const poll = special?.poll ?? this.#poll;
    try {
      const update = await poll(this.#broken ? 'everything' : 'news', this.#reloadTarget);
      if (this.#broken && update.kind !== 'reload') throw new Error('the model waits for a reload');
      // True until the update is in as a whole: half of one would be a wrong picture.
      this.#broken = true;
      this.#model.apply(update);
      this.#broken = false;
      this.#trueAtMs = beganAt;
      const durationMs = performance.now() - beganAt;
      this.#observe({ kind: 'checked', found: update.kind, rows: rowsOf(update, this.#model), durationMs });
      special?.use(this.#model);
    } catch (error) {
      this.#observe({ kind: 'failed', durationMs: performance.now() - beganAt });
      throw error;
    } finally {
      this.#reading = false;
      for (const take of this.#lateCommits.splice(0)) if (!take()) this.#refreshSoon();
    }
  }

  /** No update is applied until everyone served has had the model. */
  async #serve(served: readonly Waiting[]): Promise<void> {
    let stretchEnds = performance.now() + STRETCH_MS;
    for (const waiting of served) {
      waiting.use(this.#model);
      // After the last one too: the next batch would else begin in the same turn.
      if (performance.now() < stretchEnds) continue;
      await setImmediate();
      stretchEnds = performance.now() + STRETCH_MS;
    }
  }
}

/** Providers that an update told of. */
function rowsOf(update: ModelUpdate, model: Model): number {
  switch (update.kind) {
    case 'none':
      return 0;
    case 'delta':
      return update.providers.length;
    case 'reload':
      return model.providerCount;
  }
}
