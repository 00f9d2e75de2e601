// Every race that the documents list against the original (operations §4.5.6, §4.5.8) with the right outcome: stories to be
// told through any list of services that share one database.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Client, Reply } from './client.ts';
import { claim, claimBody, errorCode, errorDetail, expectStatus, makeProvider, statusesOf } from './world.ts';

const ROUNDS = 15;
const CLIENTS = 8;

/** Declares a test for each race. `clientOf` is asked inside the tests, with any number: services take turns. */
export function tellRaceStories(clientOf: (index: number) => Client): void {
  /** Racing calls take one service after another, so that they meet in the database. */
  const client = (index = 0): Client => clientOf(index);
  const rounds = async (story: () => Promise<void>) => {
    for (let round = 0; round < ROUNDS; round += 1) await story();
  };
  const many = <Result>(make: (index: number) => Promise<Result>): Promise<Result>[] =>
    Array.from({ length: CLIENTS }, (_, index) => make(index));

  test('the last unit is claimed once', () =>
    rounds(async () => {
      const provider = await makeProvider(client(), { VCPU: 1 });
      const counts = await statusesOf(many((index) => claim(client(index), { [provider]: { VCPU: 1 } })));
      assert.deepEqual(counts, { 204: 1, 409: CLIENTS - 1 });
      const usages = await client(1).get(`/resource_providers/${provider}/usages`);
      assert.deepEqual(usages.body.usages, { VCPU: 1 });
    }));

  test('nobody who sends no stale generation is told of a conflict', async () => {
    const provider = await makeProvider(client(), { VCPU: 1000 });
    const counts = await statusesOf(
      Array.from({ length: 64 }, (_, index) => claim(client(index), { [provider]: { VCPU: 1 } })),
    );
    assert.deepEqual(counts, { 204: 64 });
    assert.equal((await client().get(`/resource_providers/${provider}`)).body.generation, 65);
  });

  test('an unknown provider leaves no consumer behind', async () => {
    const provider = await makeProvider(client(), { VCPU: 4 });
    const consumer = randomUUID();
    const refused = await claim(client(), { [randomUUID()]: { VCPU: 1 } }, consumer);
    expectStatus(refused, 400);
    assert.match(errorDetail(refused), /that does not exist/);
    expectStatus(await claim(client(1), { [provider]: { VCPU: 1 } }, consumer, null), 204);
  });

  test('empty allocations for an unknown consumer leave nothing behind', async () => {
    const provider = await makeProvider(client(), { VCPU: 4 });
    const consumer = randomUUID();
    expectStatus(await claim(client(), {}, consumer), 204);
    expectStatus(await claim(client(1), { [provider]: { VCPU: 1 } }, consumer, null), 204);
  });

  test('of several first writes for one consumer one wins, and stays whole', () =>
    rounds(async () => {
      const providers = await Promise.all(many((index) => makeProvider(client(index), { VCPU: 4 })));
      const consumer = randomUUID();
      const replies = await Promise.all(
        providers.map((provider, index) => claim(client(index), { [provider]: { VCPU: 1 } }, consumer)),
      );
      const winners = replies.flatMap((reply, index) => (reply.status === 204 ? [index] : []));
      assert.equal(winners.length, 1);
      for (const reply of replies) {
        if (reply.status === 204) continue;
        expectStatus(reply, 409);
        assert.equal(errorCode(reply), 'placement.concurrent_update');
        assert.match(errorDetail(reply), /consumer generation conflict - expected 1 but got None/);
      }
      const held = (await client(1).get(`/allocations/${consumer}`)).body;
      assert.deepEqual(Object.keys(held.allocations), [providers[winners[0] ?? -1]]);
      assert.equal(held.consumer_generation, 1);
    }));

  test('resource classes made at once all exist, each with an id of its own', () =>
    rounds(async () => {
      const names = many(async () => `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`);
      const made = await Promise.all(names);
      const replies = await Promise.all(made.map((name, index) => client(index).put(`/resource_classes/${name}`)));
      for (const reply of replies) expectStatus(reply, 201);
      for (const name of made) expectStatus(await client(1).get(`/resource_classes/${name}`), 200);
    }));

  test('one resource class made by many is made once', () =>
    rounds(async () => {
      const put = `CUSTOM_PUT_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      const post = `CUSTOM_POST_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      assert.deepEqual(await statusesOf(many((index) => client(index).put(`/resource_classes/${put}`))), {
        201: 1,
        204: CLIENTS - 1,
      });
      assert.deepEqual(await statusesOf(many((index) => client(index).post('/resource_classes', { name: post }))), {
        201: 1,
        409: CLIENTS - 1,
      });
    }));

  test('of several trait writes with one generation one wins', () =>
    rounds(async () => {
      const provider = await makeProvider(client());
      const traits = ['HW_CPU_X86_AVX', 'HW_CPU_X86_AVX2', 'HW_CPU_X86_SSE', 'HW_CPU_X86_SSE2'];
      const replies = await Promise.all(
        many((index) =>
          client(index).put(`/resource_providers/${provider}/traits`, {
            traits: traits.slice(0, (index % 4) + 1),
            resource_provider_generation: 0,
          }),
        ),
      );
      const losers = replies.filter((reply) => reply.status !== 200);
      assert.equal(losers.length, CLIENTS - 1);
      for (const reply of losers) assert.equal(errorCode(expectStatus(reply, 409)), 'placement.concurrent_update');
      const winner = replies.find((reply) => reply.status === 200);
      const stored = await client(1).get(`/resource_providers/${provider}/traits`);
      assert.deepEqual(stored.body, winner?.body);
    }));

  test('of several inventory writes with one generation one wins', () =>
    rounds(async () => {
      const provider = await makeProvider(client());
      const replies = await Promise.all(
        many((index) =>
          client(index).put(`/resource_providers/${provider}/inventories`, {
            inventories: { VCPU: { total: index + 1 } },
            resource_provider_generation: 0,
          }),
        ),
      );
      assert.equal(replies.filter((reply) => reply.status === 200).length, 1);
      const stored = await client(1).get(`/resource_providers/${provider}/inventories`);
      assert.deepEqual(stored.body, replies.find((reply) => reply.status === 200)?.body);
    }));

  test('one trait made by many is made once', () =>
    rounds(async () => {
      const name = `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      assert.deepEqual(await statusesOf(many((index) => client(index).put(`/traits/${name}`))), {
        201: 1,
        204: CLIENTS - 1,
      });
    }));

  test('a provider is deleted or gets a child, not both', () =>
    rounds(async () => {
      const parent = await makeProvider(client());
      const child = randomUUID();
      const [deleted, created] = await Promise.all([
        client(0).delete(`/resource_providers/${parent}`),
        client(1).post('/resource_providers', { uuid: child, name: child, parent_provider_uuid: parent }),
      ]);
      if (deleted.status === 204) {
        assert.match(errorDetail(expectStatus(created, 400)), /parent provider UUID does not exist/);
      } else {
        assert.equal(errorCode(expectStatus(deleted, 409)), 'placement.resource_provider.cannot_delete_parent');
        expectStatus(created, 200);
      }
    }));

  test('a provider is deleted or allocated from, not both', () =>
    rounds(async () => {
      const provider = await makeProvider(client(), { VCPU: 4 });
      const [deleted, claimed] = await Promise.all([
        client(0).delete(`/resource_providers/${provider}`),
        claim(client(1), { [provider]: { VCPU: 1 } }),
      ]);
      if (deleted.status === 204) {
        assert.match(errorDetail(expectStatus(claimed, 400)), /that does not exist/);
      } else {
        assert.equal(errorCode(expectStatus(deleted, 409)), 'placement.resource_provider.inuse');
        expectStatus(claimed, 204);
      }
    }));

  test('two providers moved under each other do not make a loop', () =>
    rounds(async () => {
      const [left, right] = await Promise.all([makeProvider(client(0)), makeProvider(client(1))]);
      const move = (index: number, uuid: string, parent: string) =>
        client(index).put(`/resource_providers/${uuid}`, { name: uuid, parent_provider_uuid: parent });
      const replies = await Promise.all([move(0, left, right), move(1, right, left)]);
      assert.deepEqual(replies.map((reply) => reply.status).sort(), [200, 400]);
      const refused = replies.find((reply) => reply.status === 400);
      assert.match(errorDetail(refused ?? assert.fail()), /creating loop in the provider tree is not allowed/);
    }));

  test('a provider moved into a tree that moves ends with the right root', () =>
    rounds(async () => {
      const [top, tree, leaf] = await Promise.all([
        makeProvider(client(0)),
        makeProvider(client(1)),
        makeProvider(client(0)),
      ]);
      const branch = await makeProvider(client(), {}, tree);
      const move = (index: number, uuid: string, parent: string | null) =>
        client(index).put(`/resource_providers/${uuid}`, { name: uuid, parent_provider_uuid: parent });
      const replies = await Promise.all([move(0, tree, top), move(1, leaf, branch), move(0, branch, null)]);
      for (const reply of replies) expectStatus(reply, 200);
      const [branchNow, leafNow] = await Promise.all(
        [branch, leaf].map(async (uuid) => (await client(1).get(`/resource_providers/${uuid}`)).body),
      );
      assert.equal(leafNow.root_provider_uuid, branchNow.root_provider_uuid);
    }));

  test('a resource class is deleted or gets inventory, not both', () =>
    rounds(async () => {
      const name = `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      expectStatus(await client().put(`/resource_classes/${name}`), 201);
      const provider = await makeProvider(client());
      const [deleted, created] = await Promise.all([
        client(0).delete(`/resource_classes/${name}`),
        client(1).post(`/resource_providers/${provider}/inventories`, { resource_class: name, total: 1 }),
      ]);
      if (deleted.status === 204) assert.match(errorDetail(expectStatus(created, 400)), /No such resource class/);
      else {
        assert.match(errorDetail(expectStatus(deleted, 409)), /Class is in use in inventory/);
        expectStatus(created, 201);
      }
    }));

  test('a trait is deleted or given to a provider, not both', () =>
    rounds(async () => {
      const name = `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      expectStatus(await client().put(`/traits/${name}`), 201);
      const provider = await makeProvider(client());
      const [deleted, given] = await Promise.all([
        client(0).delete(`/traits/${name}`),
        client(1).put(`/resource_providers/${provider}/traits`, { traits: [name], resource_provider_generation: 0 }),
      ]);
      if (deleted.status === 204) assert.match(errorDetail(expectStatus(given, 400)), /No such trait/);
      else {
        assert.match(errorDetail(expectStatus(deleted, 409)), /is in use by a resource provider/);
        expectStatus(given, 200);
      }
    }));

  test('aggregates written at once below 1.19 end as one of the writes', () =>
    rounds(async () => {
      const provider = await makeProvider(client());
      const sets = Array.from({ length: CLIENTS }, () => [randomUUID(), randomUUID()]);
      const counts = await statusesOf(
        sets.map((set, index) => client(index).at('1.18').put(`/resource_providers/${provider}/aggregates`, set)),
      );
      assert.deepEqual(counts, { 200: CLIENTS });
      const stored: string[] = (await client(1).get(`/resource_providers/${provider}/aggregates`)).body.aggregates;
      assert.ok(sets.some((set) => stored.length === 2 && set.every((uuid) => stored.includes(uuid))));
    }));

  test('a provider is deleted or put into aggregates, and leaves none of it behind', () =>
    rounds(async () => {
      const provider = await makeProvider(client());
      const [deleted, written] = await Promise.all([
        client(0).delete(`/resource_providers/${provider}`),
        client(1).at('1.18').put(`/resource_providers/${provider}/aggregates`, [randomUUID()]),
      ]);
      // Memberships without a provider are found by the audit.
      expectStatus(deleted, 204);
      expectStatus(written, 200, 404);
    }));

  test('a write below 1.38 does not take the type of a consumer that is being made', () =>
    rounds(async () => {
      const provider = await makeProvider(client(), { VCPU: 8 });
      const consumer = randomUUID();
      const old = { allocations: { [provider]: { resources: { VCPU: 2 } } }, project_id: 'p', user_id: 'u' };
      const [typed, untyped] = await Promise.all([
        claim(client(0), { [provider]: { VCPU: 1 } }, consumer),
        client(1).at('1.27').put(`/allocations/${consumer}`, old),
      ]);
      expectStatus(untyped, 204);
      const shown = (await client(1).get(`/allocations/${consumer}`)).body;
      if (typed.status === 204) {
        assert.equal(shown.consumer_type, 'INSTANCE');
        assert.equal(shown.consumer_generation, 2);
      } else {
        expectStatus(typed, 409);
        assert.equal(shown.consumer_type, 'unknown');
      }
    }));

  test('deleting and writing the allocations of one consumer leaves one or the other', () =>
    rounds(async () => {
      const provider = await makeProvider(client(), { VCPU: 100 });
      const consumer = randomUUID();
      expectStatus(await claim(client(), { [provider]: { VCPU: 1 } }, consumer), 204);
      const [deleted, written] = await Promise.all([
        client(0).delete(`/allocations/${consumer}`),
        claim(client(1), { [provider]: { VCPU: 2 } }, consumer, 1),
      ]);
      expectStatus(deleted, 204);
      const usages = (await client().get(`/resource_providers/${provider}/usages`)).body.usages;
      const held = (await client(1).get(`/allocations/${consumer}`)).body.allocations;
      assert.deepEqual(held, {});
      assert.deepEqual(usages, { VCPU: 0 });
      if (written.status !== 204) {
        assert.match(errorDetail(expectStatus(written, 409)), /expected null but got 1/);
      }
    }));

  test('consumers that swap what they hold in one request keep the sums right', () =>
    rounds(async () => {
      const [left, right] = await Promise.all([
        makeProvider(client(0), { VCPU: 1 }),
        makeProvider(client(1), { VCPU: 1 }),
      ]);
      const [one, two] = [randomUUID(), randomUUID()];
      expectStatus(await claim(client(), { [left]: { VCPU: 1 } }, one), 204);
      expectStatus(await claim(client(), { [right]: { VCPU: 1 } }, two), 204);
      const swap = (index: number): Promise<Reply> =>
        client(index).post('/allocations', {
          [one]: claimBody({ [right]: { VCPU: 1 } }, 1),
          [two]: claimBody({ [left]: { VCPU: 1 } }, 1),
        });
      const counts = await statusesOf(many(swap));
      assert.deepEqual(counts, { 204: 1, 409: CLIENTS - 1 });
    }));
}
