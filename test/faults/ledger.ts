// What clients were told of their writes, held against what is stored afterwards: nothing acknowledged is lost, nothing
// refused has happened, and what nobody could know has happened whole or not at all.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client, Reply } from '../support/client.ts';
import { claimBody, errorDetail, expectStatus, makeProvider } from '../support/world.ts';

/** Two providers; each claim takes the same amount of both, so that half a claim would show. */
export type Pair = readonly [cpu: string, memory: string];

/** What a consumer holds of each provider of its pair; undefined: there is no such consumer. */
export type Holding = { readonly amount: number; readonly generation: number } | undefined;

export type Verdict = 'acknowledged' | 'refused' | 'unknown';

interface Account {
  readonly pair: Pair;
  /** The last entry is what was tried last. */
  mayHold: readonly Holding[];
}

export class Ledger {
  readonly pairs: readonly Pair[];
  readonly verdicts: Record<Verdict, number> = { acknowledged: 0, refused: 0, unknown: 0 };
  /** Answers that no fault of a database excuses. */
  readonly wrong: string[] = [];
  readonly #accounts = new Map<string, Account>();

  private constructor(pairs: readonly Pair[]) {
    this.pairs = pairs;
  }

  /** Makes the providers to claim from, with more room than will ever be used. */
  static async open(client: Client, pairs: number): Promise<Ledger> {
    const made: Pair[] = [];
    for (let index = 0; index < pairs; index += 1) {
      const cpu = await makeProvider(client, { VCPU: 1_000_000 });
      made.push([cpu, await makeProvider(client, { MEMORY_MB: 1_000_000 })]);
    }
    return new Ledger(made);
  }

  /** A consumer that does not exist yet. */
  newConsumer(index: number): string {
    const pair = this.pairs[index % this.pairs.length];
    assert.ok(pair !== undefined);
    const consumer = randomUUID();
    this.#accounts.set(consumer, { pair, mayHold: [undefined] });
    return consumer;
  }

  /** What the consumer holds, unless its last write has come to an unknown end. */
  holding(consumer: string): { readonly known: boolean; readonly holding: Holding } {
    const { mayHold } = this.#account(consumer);
    return { known: mayHold.length === 1, holding: mayHold[0] };
  }

  /** Makes the consumer hold this much, or nothing; what the client was told. Its last write must have a known end. */
  async write(client: Client, consumer: string, amount: number | null): Promise<Verdict> {
    const account = this.#account(consumer);
    const [before] = account.mayHold;
    const next = amount === null ? undefined : { amount, generation: (before?.generation ?? 0) + 1 };
    // Entered before it is sent: whoever looks meanwhile sees that it is open.
    account.mayHold = [before, next];
    const reply = await send(client, consumer, account.pair, amount, before?.generation ?? null);
    const verdict = this.#judge(reply);
    if (verdict === 'acknowledged') account.mayHold = [next];
    if (verdict === 'refused') account.mayHold = [before];
    this.verdicts[verdict] += 1;
    return verdict;
  }

  /** Fails unless the records are what the verdicts say. How many of the unknown writes had happened. */
  async settle(client: Client): Promise<{ readonly unknownDone: number; readonly unknownUndone: number }> {
    assert.deepEqual(this.wrong.slice(0, 5), []);
    let unknownDone = 0;
    let unknownUndone = 0;
    for (const pair of this.pairs) {
      const [cpu, memory] = await Promise.all(pair.map((provider) => held(client, provider)));
      for (const [consumer, account] of this.#accounts) {
        if (account.pair !== pair) continue;
        const found = cpu?.get(consumer);
        assert.deepEqual(memory?.get(consumer), found, 'half a claim shows');
        const choice = account.mayHold.findIndex((holding) => same(holding, found));
        assert.ok(choice >= 0, `${JSON.stringify(found)} is none of ${JSON.stringify(account.mayHold)}`);
        if (account.mayHold.length > 1) {
          if (choice === 0) unknownUndone += 1;
          else unknownDone += 1;
        }
        account.mayHold = [found];
        cpu?.delete(consumer);
        memory?.delete(consumer);
      }
      assert.deepEqual([cpu?.size, memory?.size], [0, 0], 'somebody holds what nobody asked for');
    }
    return { unknownDone, unknownUndone };
  }

  #judge(reply: Reply): Verdict {
    if (reply.status === 204) return 'acknowledged';
    if (!isExcused(reply)) this.wrong.push(`${reply.status}: ${JSON.stringify(reply.body)}`);
    return /Nothing was (changed|done)/.test(errorDetail(reply)) ? 'refused' : 'unknown';
  }

  #account(consumer: string): Account {
    const account = this.#accounts.get(consumer);
    assert.ok(account !== undefined);
    return account;
  }
}

/** Whether this is how Berth says that its database does not serve. */
export function isExcused(reply: Reply): boolean {
  return reply.status === 503 && reply.headers['retry-after'] !== undefined;
}

function send(
  client: Client,
  consumer: string,
  [cpu, memory]: Pair,
  amount: number | null,
  generation: number | null,
): Promise<Reply> {
  if (amount === null) return client.delete(`/allocations/${consumer}`);
  const claim = claimBody({ [cpu]: { VCPU: amount }, [memory]: { MEMORY_MB: amount } }, generation);
  return client.put(`/allocations/${consumer}`, claim);
}

/** What each consumer holds on the provider. */
async function held(client: Client, provider: string): Promise<Map<string, Holding>> {
  const { body } = expectStatus(await client.get(`/resource_providers/${provider}/allocations`), 200);
  const entries = Object.entries<{ resources: Record<string, number>; consumer_generation: number }>(body.allocations);
  return new Map(
    entries.map(([consumer, { resources, consumer_generation: generation }]) => [
      consumer,
      { amount: Number(Object.values(resources)[0]), generation },
    ]),
  );
}

function same(one: Holding, other: Holding): boolean {
  return one?.amount === other?.amount && one?.generation === other?.generation;
}
