// Claims are decided on the picture in memory where that can be proved. What another process has changed meanwhile counts
// all the same: fewer resources, a provider that was deleted and made again, a class that was renamed.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { serveTwoProcesses } from '../support/two-processes.ts';
import { claim, errorDetail, expectStatus, makeProvider } from '../support/world.ts';

const ROUNDS = 20;

forEachDatabase('claims from memory', (database) => {
  const client = serveTwoProcesses(database);
  let here: Client;
  let there: Client;

  before(() => {
    here = client(0);
    there = client(1);
  });

  /** Has `here` look at the provider, and know it from then on. */
  const remember = async (provider: string): Promise<void> => {
    const listed = await here.get(`/resource_providers?uuid=${provider}`);
    assert.equal(listed.body.resource_providers.length, 1);
  };

  test('an inventory that another process made smaller', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await makeProvider(there, { VCPU: 10 });
      await remember(provider);
      const smaller = { resource_provider_generation: 1, inventories: { VCPU: { total: 4 } } };
      expectStatus(await there.put(`/resource_providers/${provider}/inventories`, smaller), 200);
      const refused = expectStatus(await claim(here, { [provider]: { VCPU: 5 } }), 409);
      assert.match(errorDetail(refused), /would exceed the capacity/);
      expectStatus(await claim(here, { [provider]: { VCPU: 4 } }), 204);
    }
  });

  test('what consumers of another process took, and gave back', async () => {
    const provider = await makeProvider(there, { VCPU: 10 });
    await remember(provider);
    for (let round = 0; round < ROUNDS; round += 1) {
      const consumer = randomUUID();
      expectStatus(await claim(there, { [provider]: { VCPU: 7 } }, consumer), 204);
      expectStatus(await claim(here, { [provider]: { VCPU: 4 } }), 409);
      expectStatus(await there.delete(`/allocations/${consumer}`), 204);
      const mine = randomUUID();
      expectStatus(await claim(here, { [provider]: { VCPU: 10 } }, mine), 204);
      expectStatus(await here.delete(`/allocations/${mine}`), 204);
    }
  });

  test('a provider that was deleted and made again with the same generation', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await makeProvider(there, { VCPU: 10 });
      await remember(provider);
      expectStatus(await there.delete(`/resource_providers/${provider}`), 204);
      expectStatus(await claim(here, { [provider]: { VCPU: 1 } }), 400);
      expectStatus(await there.post('/resource_providers', { uuid: provider, name: provider }), 200);
      const smaller = { resource_provider_generation: 0, inventories: { VCPU: { total: 1 } } };
      expectStatus(await there.put(`/resource_providers/${provider}/inventories`, smaller), 200);
      expectStatus(await claim(here, { [provider]: { VCPU: 2 } }), 409);
      expectStatus(await claim(here, { [provider]: { VCPU: 1 } }), 204);
    }
  });

  test('a class that was renamed', async () => {
    const name = (suffix: string) => `CUSTOM_${suffix}_${randomUUID().replaceAll('-', '').toUpperCase()}`;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [before, after] = [name('A'), name('B')];
      expectStatus(await there.put(`/resource_classes/${before}`), 201);
      const provider = await makeProvider(there, { [before]: 10 });
      await remember(provider);
      expectStatus(await claim(here, { [provider]: { [before]: 1 } }), 204);
      expectStatus(await there.at('1.6').put(`/resource_classes/${before}`, { name: after }), 200);
      expectStatus(await claim(here, { [provider]: { [before]: 1 } }), 400);
      expectStatus(await claim(here, { [provider]: { [after]: 1 } }), 204);
    }
  });

  test('a consumer that moves, gives back and takes more keeps the sums right', async () => {
    const [first, second] = [await makeProvider(here, { VCPU: 8 }), await makeProvider(here, { VCPU: 8 })];
    const consumer = randomUUID();
    let generation: number | null = null;
    for (const holds of [{ [first]: 8 }, { [first]: 3, [second]: 8 }, { [second]: 5 }, { [first]: 8, [second]: 3 }]) {
      const wanted = Object.fromEntries(Object.entries(holds).map(([uuid, amount]) => [uuid, { VCPU: amount }]));
      expectStatus(await claim(here, wanted, consumer, generation), 204);
      generation = (generation ?? 0) + 1;
      for (const uuid of [first, second]) {
        for (const client of [here, there]) {
          const candidates = await client.get(`/allocation_candidates?resources=VCPU:8&in_tree=${uuid}`);
          const isFree = (holds[uuid] ?? 0) === 0;
          assert.equal(candidates.body.allocation_requests.length, isFree ? 1 : 0);
          const usages = await client.get(`/resource_providers/${uuid}/usages`);
          assert.equal(usages.body.usages.VCPU, holds[uuid] ?? 0);
        }
      }
    }
  });
});
