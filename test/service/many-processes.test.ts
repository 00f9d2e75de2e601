// P2, P3 and P4 between processes: three of them, one of which has two workers, on one database of each kind. What they
// promise together is checked by every answer on the way and by the audit at the end.
//
// BERTH_ROUNDS sets how often the shorter stories are told (200 by default; 10,000 for a thorough run).

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type BerthProcess, serveBerth } from '../support/berth-process.ts';
import { type Client, createClient, type Reply } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { assertClean, claim, claimBody, errorCode, errorDetail, expectStatus, makeProvider, statusesOf } from '../support/world.ts';

const ROUNDS = Number(process.env.BERTH_ROUNDS ?? 200);
const HAMMERS = 24;
const HAMMER_STEPS = 25;

forEachDatabase('three processes', (database) => {
  let place: string;
  let processes: readonly BerthProcess[];
  let clients: readonly Client[];

  before(async () => {
    place = await database.freshUrl();
    const words = ['--dev', '--port', '0', '--database', place];
    // All at once on an empty database: who makes the schema is settled between them.
    processes = await Promise.all([
      serveBerth([...words, '--workers', '2'], place),
      serveBerth(words, place),
      serveBerth(words, place),
    ]);
    clients = processes.map((process) => createClient(process.url));
  });
  after(async () => {
    await assertClean(place);
    for (const client of clients) client.close();
    for (const process of processes) assert.equal(await process.stop(), 0);
  });

  const client = (index: number): Client => clients[index % clients.length] ?? assert.fail();

  test('the last unit is never acknowledged twice, and nobody is answered 500', async (t) => {
    const provider = await makeProvider(client(0), { VCPU: 1 });
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
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
    t.diagnostic(`${ROUNDS} rounds on ${database.kind}: acknowledged twice 0, refused ${refused}, answered 500 0`);
  });

  test('a read that starts after an acknowledgement shows it, through every process', async (t) => {
    const provider = await makeProvider(client(0), { VCPU: 2_000_000 });
    let generation: number | null = null;
    const consumer = randomUUID();
    for (let round = 1; round <= ROUNDS; round += 1) {
      expectStatus(await claim(client(round), { [provider]: { VCPU: round } }, consumer, generation), 204);
      generation = round;
      const [candidates, held, listed] = await Promise.all([
        client(round + 1).get(`/allocation_candidates?resources=VCPU:1&in_tree=${provider}`),
        client(round + 2).get(`/allocations/${consumer}`),
        client(round + 2).get(`/resource_providers?uuid=${provider}`),
      ]);
      assert.equal(candidates.body.provider_summaries[provider].resources.VCPU.used, round);
      assert.equal(held.body.consumer_generation, round);
      assert.equal(listed.body.resource_providers[0].generation, round + 1);
    }
    t.diagnostic(`${ROUNDS} writes on ${database.kind}, each read at once through two other processes: stale reads 0`);
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
    t.diagnostic(`${database.kind}: answers ${JSON.stringify(statuses)}, reads meanwhile ${watch.reads}, lost 0, oversold 0`);
  });
});

/** Reads generations through all processes until told to stop: none may ever go back, whoever is asked. */
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
