// P4 from one node to another, all the time: writes through one Berth, and reads each through another as soon as it is
// acknowledged. What is read is the write, or that the database does not serve; never what was there before.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isExcused } from '../faults/ledger.ts';
import type { Client, Reply } from '../support/client.ts';
import { claim, expectStatus, makeProvider } from '../support/world.ts';

export interface CrossReadsReport {
  readonly shown: number;
  readonly refused: number;
}

const RETRY_MS = 50;

export class CrossReads {
  readonly #writer: Client;
  readonly #reader: Client;
  readonly #running: Promise<void>;
  readonly #stale: string[] = [];
  #stopped = false;
  #shown = 0;
  #refused = 0;

  constructor(writer: Client, reader: Client) {
    this.#writer = writer;
    this.#reader = reader;
    this.#running = this.#run();
  }

  /** Reads that were refused so far: the reader's node is known not to serve. */
  get refused(): number {
    return this.#refused;
  }

  /** Fails if any read was stale. */
  async stop(): Promise<CrossReadsReport> {
    this.#stopped = true;
    await this.#running;
    assert.deepEqual(this.#stale, []);
    return { shown: this.#shown, refused: this.#refused };
  }

  async #run(): Promise<void> {
    const provider = await makeProvider(this.#writer, { VCPU: 1_000_000 });
    const consumer = randomUUID();
    let written = 0;
    while (!this.#stopped) {
      const reply = await claim(this.#writer, { [provider]: { VCPU: written + 1 } }, consumer, written || null);
      if (isExcused(reply)) {
        // It may have happened all the same: a fresh look tells where to go on.
        written = await this.#generation(consumer, written);
        continue;
      }
      expectStatus(reply, 204);
      written += 1;
      const latest = written;
      const [held, candidates, usages] = await Promise.all([
        this.#reader.get(`/allocations/${consumer}`),
        this.#reader.get(`/allocation_candidates?resources=VCPU:1&in_tree=${provider}`),
        this.#reader.get(`/resource_providers/${provider}/usages`),
      ]);
      this.#judge(held, latest, (body) => body.consumer_generation);
      this.#judge(candidates, latest, (body) => body.provider_summaries[provider]?.resources.VCPU.used);
      this.#judge(usages, latest, (body) => body.usages.VCPU);
    }
  }

  #judge(reply: Reply, expected: number, shown: (body: Reply['body']) => unknown): void {
    if (reply.status === 200 && shown(reply.body) === expected) this.#shown += 1;
    else if (isExcused(reply)) this.#refused += 1;
    else this.#stale.push(`not ${expected} but ${reply.status} ${JSON.stringify(reply.body)}`);
  }

  async #generation(consumer: string, otherwise: number): Promise<number> {
    while (!this.#stopped) {
      const reply = await this.#writer.get(`/allocations/${consumer}`);
      if (reply.status === 200) return reply.body.consumer_generation ?? 0;
      await pause(RETRY_MS);
    }
    return otherwise;
  }
}
