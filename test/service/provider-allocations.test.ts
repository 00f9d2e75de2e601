// Who holds what of a provider is kept from one read to the next, and shown as long as it holds: whoever changes it, through
// this process or another, a read afterwards tells it as the database has it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, type TestContext, test } from 'node:test';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { consumerUuid, type ProviderUuid, providerUuid } from '../../src/domain/ids.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { replaceInventories } from '../../src/operations/inventories.ts';
import { KeptProviderAllocations } from '../../src/operations/provider-allocations.ts';
import { createProvider } from '../../src/operations/resource-providers.ts';
import type { Service } from '../../src/operations/service.ts';
import { setAllocations } from '../../src/operations/set-allocations.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { temporaryFolder } from '../support/berth-process.ts';
import type { Client } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { serveTwoProcesses } from '../support/two-processes.ts';
import { claim, expectStatus, makeProvider } from '../support/world.ts';

const folder = temporaryFolder();
after(folder.remove);

interface World {
  readonly service: Service;
  readonly path: string;
  /** Reads of who holds what, so far. */
  readonly reads: () => number;
  /** A provider with room for 100 VCPU. */
  readonly provide: () => Promise<ProviderUuid>;
  /** A claim of one VCPU by a new consumer; its UUID. */
  readonly claimOn: (provider: ProviderUuid) => Promise<string>;
}

async function openWorld(t: TestContext): Promise<World> {
  const path = join(folder.path, `${randomUUID()}.sqlite`);
  const store = await openSqliteStore({ path, synchronous: false, busyTimeoutMs: 1000, sync: true });
  t.after(() => store.close());
  const settings = developmentSettings({ path });
  const model = new KeptModel((need, target) => store.poll(need, target));
  const service: Service = { store, model, settings: settings.placement, searchLimits: settings.berth.search };
  const { mock } = t.mock.method(store, 'readOnce');
  return {
    service,
    path,
    reads: () => mock.callCount(),
    provide: () => provide(service),
    claimOn: (provider) => claimOn(service, provider),
  };
}

async function provide(service: Service): Promise<ProviderUuid> {
  const { uuid } = await createProvider(service, {
    ...{ uuid: providerUuid(randomUUID()), name: randomUUID(), parentUuid: null },
  });
  const inventory = { total: 100, reserved: 0, minUnit: 1, maxUnit: 100, stepSize: 1, allocationRatio: 1 };
  const inventories = [{ resourceClass: 'VCPU', inventory }];
  await replaceInventories(service, uuid, { generation: 0, inventories, capacityRule: 'some-capacity' });
  return uuid;
}

async function claimOn(service: Service, provider: ProviderUuid): Promise<string> {
  const uuid = randomUUID();
  const write = {
    ...{ consumerUuid: consumerUuid(uuid), owner: { project: 'p', user: 'u' }, generation: null },
    ...{ consumerType: undefined },
    allocations: [{ providerUuid: provider, resources: [{ resourceClass: 'VCPU', amount: 1 }] }],
  };
  await setAllocations(service, [write], 'one-consumer');
  await service.model.read(() => {});
  return uuid;
}

test('the database is asked once, and once more after a change', async (t) => {
  const { service, reads, provide, claimOn } = await openWorld(t);
  const kept = new KeptProviderAllocations();
  const provider = await provide();
  const first = await claimOn(provider);
  const before = reads();
  const read = await kept.get(service, provider);
  assert.deepEqual(
    read.consumers.map(({ uuid }) => uuid),
    [first],
  );
  assert.equal(await kept.get(service, provider), read);
  assert.equal(reads() - before, 1);

  const second = await claimOn(provider);
  const readAgain = await kept.get(service, provider);
  assert.deepEqual(
    readAgain.consumers.map(({ uuid }) => uuid),
    [first, second],
  );
  assert.equal(readAgain.generation, read.generation + 1);
});

test('what was read while it changed is not kept', async (t) => {
  const { service, provide, claimOn } = await openWorld(t);
  const kept = new KeptProviderAllocations();
  const provider = await provide();
  await claimOn(provider);
  const { store } = service;
  const readOnce = store.readOnce.bind(store);
  const slow = t.mock.method(store, 'readOnce', async (work: Parameters<typeof readOnce>[0]) => {
    const read = await readOnce(work);
    slow.mock.restore();
    await claimOn(provider);
    return read;
  });
  assert.equal((await kept.get(service, provider)).consumers.length, 1);
  assert.equal((await kept.get(service, provider)).consumers.length, 2);
});

test('an incomplete consumer shows as soon as it has its record', async (t) => {
  const { service, path, provide, claimOn } = await openWorld(t);
  const kept = new KeptProviderAllocations();
  const provider = await provide();
  const uuid = await claimOn(provider);
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  const record = database.prepare('SELECT * FROM consumers WHERE uuid = ?').get(uuid);
  database.prepare('DELETE FROM consumers WHERE uuid = ?').run(uuid);
  assert.equal((await kept.get(service, provider)).consumers.length, 0);

  const columns = Object.keys(record ?? {});
  database
    .prepare(`INSERT INTO consumers (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...Object.values(record ?? {}));
  assert.equal((await kept.get(service, provider)).consumers.length, 1);
});

test('so many consumers are kept in all, and those asked for last', async (t) => {
  const { service, reads, provide, claimOn } = await openWorld(t);
  // Three providers with one consumer each count six.
  const kept = new KeptProviderAllocations(5);
  const [first, second, third] = [await provide(), await provide(), await provide()];
  for (const provider of [first, second, third]) await claimOn(provider);
  await kept.get(service, first);
  await kept.get(service, second);
  await kept.get(service, first);
  await kept.get(service, third);
  const before = reads();
  await kept.get(service, first);
  await kept.get(service, third);
  assert.equal(reads() - before, 0);
  await kept.get(service, second);
  assert.equal(reads() - before, 1);
});

forEachDatabase('who holds what of a provider', (database) => {
  const client = serveTwoProcesses(database);
  let here: Client;
  let there: Client;

  before(() => {
    here = client(0);
    there = client(1);
  });

  /** As the consumers themselves have it, which is read from the database each time. */
  async function expected(provider: string, consumers: readonly string[]) {
    const allocations: Record<string, unknown> = {};
    for (const consumer of consumers) {
      const { body } = await there.get(`/allocations/${consumer}`);
      const resources = body.allocations[provider]?.resources;
      if (resources === undefined) continue;
      allocations[consumer] = { resources, consumer_generation: body.consumer_generation };
    }
    const shown = await there.get(`/resource_providers/${provider}`);
    return { allocations, resource_provider_generation: shown.body.generation };
  }

  /** Asks three times here: what the second tells is kept, if it may be, and told by the third. */
  async function assertShown(provider: string, consumers: readonly string[]): Promise<void> {
    const wanted = await expected(provider, consumers);
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual((await here.get(`/resource_providers/${provider}/allocations`)).body, wanted);
    }
  }

  test('changes through another process, and through this one', async () => {
    const resourceClass = `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`;
    expectStatus(await there.put(`/resource_classes/${resourceClass}`), 201);
    const provider = await makeProvider(there, { VCPU: 100, [resourceClass]: 100 });
    const other = await makeProvider(there, { VCPU: 100 });
    const [one, two] = [randomUUID(), randomUUID()];
    const generation = async (consumer: string): Promise<number | null> =>
      (await there.get(`/allocations/${consumer}`)).body.consumer_generation ?? null;
    const show = () => assertShown(provider, [one, two]);

    for (const through of [there, here]) {
      await show();
      expectStatus(await claim(through, { [provider]: { VCPU: 1 } }, one), 204);
      await show();
      expectStatus(await claim(through, { [provider]: { VCPU: 1, [resourceClass]: 2 } }, two), 204);
      await show();
      // The same once more: only generations grow.
      expectStatus(await claim(through, { [provider]: { VCPU: 1 } }, one, await generation(one)), 204);
      await show();
      // Only what it holds elsewhere changes.
      const wider = { [provider]: { VCPU: 1 }, [other]: { VCPU: 1 } };
      expectStatus(await claim(through, wider, one, await generation(one)), 204);
      await show();
      expectStatus(await claim(through, { [other]: { VCPU: 2 } }, one, await generation(one)), 204);
      await show();
      const traits = { traits: ['HW_CPU_X86_AVX2'], resource_provider_generation: 0 };
      traits.resource_provider_generation = (await there.get(`/resource_providers/${provider}`)).body.generation;
      expectStatus(await through.put(`/resource_providers/${provider}/traits`, traits), 200);
      await show();
      expectStatus(await through.delete(`/allocations/${two}`), 204);
      await show();
      expectStatus(await through.delete(`/allocations/${one}`), 204);
      await show();
      expectStatus(await through.delete(`/resource_providers/${provider}/traits`), 204);
    }
  });

  test('a class that is renamed, and a provider that is gone', async () => {
    const suffix = randomUUID().replaceAll('-', '').toUpperCase();
    expectStatus(await there.put(`/resource_classes/CUSTOM_A_${suffix}`), 201);
    const provider = await makeProvider(there, { [`CUSTOM_A_${suffix}`]: 4 });
    const consumer = randomUUID();
    expectStatus(await claim(there, { [provider]: { [`CUSTOM_A_${suffix}`]: 1 } }, consumer), 204);
    await assertShown(provider, [consumer]);
    const renamed = await there.at('1.6').put(`/resource_classes/CUSTOM_A_${suffix}`, { name: `CUSTOM_B_${suffix}` });
    expectStatus(renamed, 200);
    await assertShown(provider, [consumer]);
    expectStatus(await there.delete(`/allocations/${consumer}`), 204);
    await assertShown(provider, [consumer]);
    expectStatus(await there.delete(`/resource_providers/${provider}`), 204);
    expectStatus(await here.get(`/resource_providers/${provider}/allocations`), 404);
  });
});
