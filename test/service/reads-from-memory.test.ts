// What the model answers needs no transaction: with a store that is closed, reads of a provider and a write that changes
// nothing are answered as by the database. A write that changes something is not.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { aggregateUuid, providerUuid } from '../../src/domain/ids.ts';
import { newestOf } from '../../src/domain/newest.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { getAggregates, replaceAggregates } from '../../src/operations/aggregates.ts';
import {
  getInventories,
  getInventory,
  replaceInventories,
  type ShownInventory,
} from '../../src/operations/inventories.ts';
import { getProviderTraits, replaceProviderTraits } from '../../src/operations/provider-traits.ts';
import { modifiedAt, readProvider } from '../../src/operations/read-provider.ts';
import { createResourceClass } from '../../src/operations/resource-classes.ts';
import { createProvider } from '../../src/operations/resource-providers.ts';
import type { Service } from '../../src/operations/service.ts';
import { readInventories } from '../../src/store/records/inventories.ts';
import { findProvider } from '../../src/store/records/resource-providers.ts';
import { findTraits } from '../../src/store/records/traits.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

const OPTIONS = { path: ':memory:', synchronous: false, busyTimeoutMs: 1000, sync: true } as const;
const TRAITS = ['HW_CPU_X86_AVX', 'COMPUTE_NODE'];

/** A service, and the same without a database but for the model. */
async function openServices(t: TestContext): Promise<{ service: Service; detached: Service }> {
  const store = await openSqliteStore(OPTIONS);
  t.after(() => store.close());
  const closed = await openSqliteStore(OPTIONS);
  await closed.close();
  const settings = developmentSettings({ path: ':memory:' });
  const model = new KeptModel((need, target) => store.poll(need, target));
  const service: Service = { store, model, settings: settings.placement, searchLimits: settings.berth.search };
  return { service, detached: { ...service, store: closed } };
}

function provide(service: Service) {
  const uuid = providerUuid(randomUUID());
  return createProvider(service, { uuid, name: uuid, parentUuid: null });
}

test('a provider, its aggregates and its traits are those of the database', async (t) => {
  const { service, detached } = await openServices(t);
  const { uuid } = await provide(service);
  const [first, second] = [aggregateUuid(randomUUID()), aggregateUuid(randomUUID())];
  await replaceAggregates(service, (await provide(service)).uuid, { aggregates: [first, second], generation: null });
  await replaceAggregates(service, uuid, { aggregates: [second, first], generation: 0 });
  const written = await replaceProviderTraits(service, uuid, { traits: TRAITS, generation: 1 });
  const provider = await service.store.read((tx) => findProvider(tx, uuid));
  const traits = await service.store.read((tx) => findTraits(tx, TRAITS));

  assert.deepEqual(await getAggregates(detached, uuid), { generation: 2, aggregates: [first, second] });
  assert.deepEqual(await getProviderTraits(detached, uuid), {
    generation: 2,
    traits: traits.map(({ name }) => name),
    traitsModifiedAt: newestOf(traits.map((trait) => trait.modifiedAt)),
  });
  assert.deepEqual(await getProviderTraits(detached, uuid), written);
  assert.notEqual(written.traitsModifiedAt, null);
  assert.deepEqual(await readProvider(detached, uuid, modifiedAt), provider?.modifiedAt);
  await assert.rejects(getProviderTraits(detached, providerUuid(randomUUID())), /No resource provider with uuid/);
});

test('traits that are written as they are need no transaction, others do', async (t) => {
  const { service, detached } = await openServices(t);
  const { uuid } = await provide(service);
  const written = await replaceProviderTraits(service, uuid, { traits: TRAITS, generation: 0 });
  await service.model.read(() => {});

  assert.deepEqual(
    await replaceProviderTraits(detached, uuid, { traits: TRAITS.toReversed(), generation: 1 }),
    written,
  );
  for (const write of [
    { traits: TRAITS, generation: 0 },
    { traits: TRAITS.slice(1), generation: 1 },
    { traits: [...TRAITS, 'CUSTOM_UNKNOWN'], generation: 1 },
    { traits: ['CUSTOM_UNKNOWN', ...TRAITS.slice(1)], generation: 1 },
  ]) {
    await assert.rejects(replaceProviderTraits(detached, uuid, write), { status: 503 });
  }
});

test('what the model has not heard of yet is no reason to call a write unchanged', async (t) => {
  const { service } = await openServices(t);
  const { uuid } = await provide(service);
  await replaceProviderTraits(service, uuid, { traits: TRAITS, generation: 0 });
  await service.model.read(() => {});
  await replaceProviderTraits(service, uuid, { traits: [], generation: 1 });

  await assert.rejects(replaceProviderTraits(service, uuid, { traits: TRAITS, generation: 1 }), { status: 409 });
});

test('inventories and the times of their changes are those of the database', async (t) => {
  const { service, detached } = await openServices(t);
  const { uuid } = await provide(service);
  const capacityRule = 'some-capacity';
  const inventories = ['VCPU', 'CUSTOM_MADE', 'DISK_GB'].map((resourceClass, index) => ({
    resourceClass,
    inventory: { total: 8 + index, reserved: 1, minUnit: 2, maxUnit: 6, stepSize: 2, allocationRatio: 1.5 },
  }));
  await createResourceClass(service, 'CUSTOM_MADE');
  await replaceInventories(service, uuid, { generation: 0, inventories, capacityRule });
  const stored = await service.store.read(async (tx) => {
    const provider = await findProvider(tx, uuid);
    return provider === undefined ? assert.fail() : await readInventories(tx, provider.id);
  });

  const shown = await getInventories(detached, uuid);
  const plain = ({ resourceClass, total, reserved, minUnit, maxUnit, stepSize, ...one }: ShownInventory) => {
    const { allocationRatio, modifiedAt: at } = one;
    return { resourceClass, total, reserved, minUnit, maxUnit, stepSize, allocationRatio, at };
  };
  assert.equal(shown.generation, 1);
  assert.deepEqual(shown.inventories.map(plain), stored.map(plain));
  assert.notEqual(stored[0]?.modifiedAt ?? null, null);
  const one = await getInventory(detached, uuid, 'CUSTOM_MADE');
  assert.deepEqual(plain(one.inventory), stored.map(plain)[2]);
  await assert.rejects(getInventory(detached, uuid, 'MEMORY_MB'), { status: 404 });
  await assert.rejects(getInventory(detached, uuid, 'CUSTOM_UNHEARD_OF'), { status: 404 });
});
