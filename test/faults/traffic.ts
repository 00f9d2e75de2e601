// A steady stream of writes and reads from many clients, which goes on whatever happens to the database, and remembers
// every answer that it should not have had.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, Reply } from '../support/client.ts';
import { isExcused, type Ledger } from './ledger.ts';

export interface TrafficReport {
  readonly reads: number;
  readonly readsRefused: number;
  readonly slowestMs: number;
  /** The request that took that long. */
  readonly slowest: string;
  /** GET /, which needs no database. */
  readonly greetings: number;
}

/** A client that was told to come again later does so, only sooner. */
const RETRY_MS = 50;
const GREETING_EVERY_MS = 100;
const PROGRESS_MAX_MS = 40_000;

export class Traffic {
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #running: Promise<unknown>;
  #stopped = false;
  #reads = 0;
  #readsRefused = 0;
  #greetings = 0;
  #slowestMs = 0;
  #slowest = '';

  constructor(client: Client, ledger: Ledger, clients: number) {
    this.#client = client;
    this.#ledger = ledger;
    const loops = Array.from({ length: clients }, (_, index) => this.#repeat(() => this.#story(index)));
    this.#running = Promise.all([...loops, this.#repeat(() => this.#greet())]);
  }

  /** Resolves when so many more writes were acknowledged and as many reads answered: the service works. */
  async progress(count: number): Promise<void> {
    const writes = this.#ledger.verdicts.acknowledged + count;
    const reads = this.#reads + count;
    const deadline = Date.now() + PROGRESS_MAX_MS;
    while (this.#ledger.verdicts.acknowledged < writes || this.#reads < reads) {
      assert.ok(Date.now() < deadline, `no progress: ${JSON.stringify(this.#ledger.wrong.slice(0, 5))}`);
      await pause(10);
    }
  }

  /** Ends the stream when every request is answered. Fails if one was answered as none may be. */
  async stop(): Promise<TrafficReport> {
    this.#stopped = true;
    await this.#running;
    assert.deepEqual(this.#ledger.wrong.slice(0, 5), []);
    return {
      reads: this.#reads,
      readsRefused: this.#readsRefused,
      slowestMs: Math.round(this.#slowestMs),
      slowest: this.#slowest,
      greetings: this.#greetings,
    };
  }

  async #repeat(step: () => Promise<void>): Promise<void> {
    while (!this.#stopped) await step();
  }

  /** The life of one consumer; ends early when it is not known what became of it. */
  async #story(index: number): Promise<void> {
    const consumer = this.#ledger.newConsumer(index);
    for (const amount of [1, 3, index % 2 === 0 ? 2 : null]) {
      const verdict = await this.#timed('a write', () => this.#ledger.write(this.#client, consumer, amount));
      if (verdict !== 'acknowledged') {
        await pause(RETRY_MS);
        return;
      }
      await this.#readBack(consumer);
    }
    await this.#look(index);
  }

  /** A read that begins after a write was acknowledged shows it. */
  async #readBack(consumer: string): Promise<void> {
    const reply = await this.#read(`/allocations/${consumer}`);
    if (reply === undefined) return;
    const amounts = Object.values<{ resources: Record<string, number> }>(reply.body.allocations).flatMap((one) =>
      Object.values(one.resources),
    );
    const { holding } = this.#ledger.holding(consumer);
    const expected = holding === undefined ? [] : [holding.amount, holding.amount];
    if (JSON.stringify(amounts) !== JSON.stringify(expected)) this.#ledger.wrong.push(`stale read: ${amounts}`);
  }

  /** What is answered from the model in memory, and a generation, which never goes back. */
  async #look(index: number): Promise<void> {
    const [provider] = this.#ledger.pairs[index % this.#ledger.pairs.length] ?? assert.fail();
    const before = await this.#generation(provider);
    await this.#read('/allocation_candidates?resources=VCPU:1&limit=1');
    await this.#read('/resource_providers?resources=VCPU:1');
    const after = await this.#generation(provider);
    if (before !== undefined && after !== undefined && after < before) {
      this.#ledger.wrong.push(`generation ${before} became ${after}`);
    }
  }

  async #generation(provider: string): Promise<number | undefined> {
    return (await this.#read(`/resource_providers/${provider}`))?.body.generation;
  }

  /** Undefined when the database did not serve. */
  async #read(path: string): Promise<Reply | undefined> {
    const reply = await this.#timed(pathPattern(path), () => this.#client.get(path));
    if (reply.status === 200) {
      this.#reads += 1;
      return reply;
    }
    if (isExcused(reply)) this.#readsRefused += 1;
    else this.#ledger.wrong.push(`GET ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    await pause(RETRY_MS);
    return undefined;
  }

  async #greet(): Promise<void> {
    const reply = await this.#client.get('/');
    if (reply.status !== 200) this.#ledger.wrong.push(`GET /: ${reply.status}`);
    this.#greetings += 1;
    await pause(GREETING_EVERY_MS);
  }

  async #timed<Result>(what: string, call: () => Promise<Result>): Promise<Result> {
    const begin = performance.now();
    try {
      return await call();
    } finally {
      const tookMs = performance.now() - begin;
      if (tookMs > this.#slowestMs) {
        this.#slowestMs = tookMs;
        this.#slowest = what;
      }
    }
  }
}

function pathPattern(path: string): string {
  return `GET ${path.replace(/[0-9a-f-]{36}/, '{uuid}').replace(/\?.*/, '')}`;
}
