// P2, P3 and P4 between services that share one database: what they promise together is checked by every answer on the
// way. Stories to be told through any list of services.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Client, Reply } from './client.ts';
import { claim, claimBody, errorCode, errorDetail, expectStatus, makeProvider, statusesOf } from './world.ts';

const HAMMERS = 24;
const HAMMER_STEPS = 25;

export interface SharedDatabase {
  /** For messages: the kind of database. */
  readonly kind: string;
  /** How often the last unit is raced for. */
  readonly rounds: number;
  /** How often a write is read back through the other services. */
  readonly readRounds: number;
  /** Of each service, at least two. Asked inside the tests. */
  readonly clients: () => readonly Client[];
}

/** Declares the tests. */
export function tellSharedDatabaseStories({ kind, rounds, readRounds, clients: clientsNow }: SharedDatabase): void {
  /** Services take turns. */
  const client = (index: number): Client => {
    const clients = clientsNow();
    return clients[index % clients.length] ?? assert.fail();
  };

  test('the last unit is never acknowledged twice, and nobody is answered 500', async (t) => {
    const provider = await makeProvider(client(0), { VCPU: 1 });
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const consumers = [randomUUID(), randomUUID(), randomUUID()];
      const replies = await Promise.all(
        consumers.map((consumer, index) => claim(client(index), { [provider]: { VCPU: 1 } }, consumer)),
      );
      for (const reply of replies) expectStatus(reply, 204, 409);
      const losers = replies.filter((reply) => reply.status === 409);
      assert.equal(losers.length, replies.length - 1);
      for (const loser of losers) assert.match(errorDetail(loser), /would exceed the capacity/);
      refused += losers.length;
      const winner = consumers[replies.findIndex((reply) => reply.status === 204)] ?? assert.fail();
      expectStatus(await client(round).delete(`/allocations/${winner}`), 204);
    }
    t.diagnostic(`${rounds} rounds on ${kind}: acknowledged twice 0, refused ${refused}, answered 500 0`);
  });

  test('a read that starts after an acknowledgement shows it, through every service', async (t) => {
    const provider = await makeProvider(client(0), { VCPU: 2_000_000 });
    let generation: number | null = null;
    const consumer = randomUUID();
    for (let round = 1; round <= readRounds; round += 1) {
      expectStatus(await claim(client(round), { [provider]: { VCPU: round } }, consumer, generation), 204);
      generation = round;
      const [candidates, held, listed] = await Promise.all([
        client(round + 1).get(`/allocation_candidates?resources=VCPU:1&in_tree=${provider}`),
        client(round + 2).get(`/allocations/${consumer}`),
        client(round + 2).get(`/resource_providers?uuid=${provider}`),
      ]);
      assert.equal(expectStatus(candidates, 200).body.provider_summaries[provider].resources.VCPU.used, round);
      assert.equal(held.body.consumer_generation, round);
      assert.equal(listed.body.resource_providers[0].generation, round + 1);
    }
    t.diagnostic(`${readRounds} writes on ${kind}, each read at once through two other services: stale reads 0`);
  });

  test('64 clients that claim from one provider and one shared storage are all served', async () => {
    const storage = await makeProvider(client(0), { DISK_GB: 1_000_000 });
    const hosts = await Promise.all([0, 1, 2, 3].map((index) => makeProvider(client(index), { VCPU: 1_000_000 })));
    const claims = Array.from({ length: 64 }, (_, index) =>
      claim(client(index), { [hosts[index % 4] ?? '']: { VCPU: 1 }, [storage]: { DISK_GB: 1 } }),
    );
    assert.deepEqual(await statusesOf(claims), { 204: 64 });
    const usages = await client(1).get(`/resource_providers/${storage}/usages`);
    assert.equal(usages.body.usages.DISK_GB, 64);
  });

  test('writers that overlap everywhere neither oversell nor lose what was acknowledged', async (t) => {
    const clients = clientsNow();
    const providers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => makeProvider(client(index), { VCPU: 40, MEMORY_MB: 40 })),
    );
    const ledger = new Map<string, { holds: Record<string, number>; generation: number | null }>();
    const statuses: Record<string, number> = {};
    const count = (reply: Reply) => {
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      return reply;
    };
    const watch = { stop: false, reads: 0 };
    const watching = watchGenerations(clients, providers, watch);

    await Promise.all(
      Array.from({ length: HAMMERS }, async (_, hammer) => {
        const consumer = randomUUID();
        const entry: { holds: Record<string, number>; generation: number | null } = { holds: {}, generation: null };
        ledger.set(consumer, entry);
        for (let step = 0; step < HAMMER_STEPS; step += 1) {
          const through = client(hammer + step);
          const roll = Math.random();
          if (roll < 0.15 && entry.generation !== null) {
            expectStatus(count(await through.delete(`/allocations/${consumer}`)), 204);
            entry.holds = {};
            entry.generation = null;
            continue;
          }
          const chosen = providers.filter(() => Math.random() < 0.4);
          const holds = Object.fromEntries(chosen.map((uuid) => [uuid, 1 + Math.floor(Math.random() * 3)]));
          const wanted = Object.fromEntries(
            Object.entries(holds).map(([uuid, amount]) => [uuid, { VCPU: amount, MEMORY_MB: amount }]),
          );
          const body = claimBody(wanted, entry.generation);
          const reply = count(
            roll < 0.6
              ? await through.put(`/allocations/${consumer}`, body)
              : await through.post('/allocations', { [consumer]: body }),
          );
          if (reply.status === 409) {
            // Only for want of room: this client never sends a stale generation.
            assert.equal(errorCode(reply), 'placement.undefined_code', errorDetail(reply));
            continue;
          }
          expectStatus(reply, 204);
          entry.holds = holds;
          entry.generation = chosen.length === 0 ? null : (entry.generation ?? 0) + 1;
        }
      }),
    );
    watch.stop = true;
    await watching;

    for (const [consumer, { holds, generation }] of ledger) {
      const shown = await Promise.all(clients.map((each) => each.get(`/allocations/${consumer}`)));
      for (const { body } of shown) {
        const held = Object.entries<{ resources: Record<string, number> }>(body.allocations);
        const amounts = Object.fromEntries(held.map(([uuid, { resources }]) => [uuid, resources.VCPU]));
        assert.deepEqual(amounts, holds);
        if (generation !== null) assert.equal(body.consumer_generation, generation);
      }
    }
    for (const provider of providers) {
      const sum = [...ledger.values()].reduce((total, { holds }) => total + (holds[provider] ?? 0), 0);
      assert.ok(sum <= 40, `oversold: ${sum} of 40`);
      for (const each of clients) {
        const usages = await each.get(`/resource_providers/${provider}/usages`);
        assert.deepEqual(usages.body.usages, { VCPU: sum, MEMORY_MB: sum });
      }
    }
    t.diagnostic(`${kind}: answers ${JSON.stringify(statuses)}, reads meanwhile ${watch.reads}, lost 0, oversold 0`);
  });
}

/** Reads generations through all services until told to stop: none may ever go back, whoever is asked. */
async function watchGenerations(
  clients: readonly Client[],
  providers: readonly string[],
  watch: { readonly stop: boolean; reads: number },
): Promise<void> {
  const seen = new Map<string, number>();
  while (!watch.stop) {
    for (const provider of providers) {
      const each = clients[watch.reads % clients.length] ?? assert.fail();
      const before = seen.get(provider) ?? 0;
      const { body } = await each.get(`/resource_providers/${provider}`);
      assert.ok(body.generation >= before, `generation ${body.generation} after ${before}`);
      seen.set(provider, body.generation);
      watch.reads += 1;
    }
  }
}
