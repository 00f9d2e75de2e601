// The audit finds what slipped past the change feed, whatever it is, and heals it; and it finds nothing where nothing
// is wrong, however busy the database.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { aggregateUuid, providerUuid } from '../../src/domain/ids.ts';
import type { ModelUpdate } from '../../src/domain/resource-provider.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { replaceAggregates } from '../../src/operations/aggregates.ts';
import { type AuditStep, ModelAudit } from '../../src/operations/audit-model.ts';
import { createInventory } from '../../src/operations/inventories.ts';
import { createResourceClass } from '../../src/operations/resource-classes.ts';
import { createProvider, deleteProvider } from '../../src/operations/resource-providers.ts';
import type { Service } from '../../src/operations/service.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

interface World {
  readonly service: Service;
  readonly audit: ModelAudit;
  /** From now on the model hears nothing of what is committed. */
  deafen(): void;
}

async function openWorld(t: TestContext): Promise<World> {
  const settings = developmentSettings({ path: ':memory:' });
  const store = await openSqliteStore({ path: ':memory:', synchronous: false, busyTimeoutMs: 1000, sync: true });
  t.after(() => store.close());
  const state = { deaf: false };
  const model = new KeptModel(async (need): Promise<ModelUpdate> => {
    const update = await store.poll(need);
    return state.deaf ? { kind: 'none' } : update;
  });
  const service: Service = { store, model, settings: settings.placement, searchLimits: settings.berth.search };
  return {
    service,
    audit: new ModelAudit(service),
    deafen() {
      state.deaf = true;
    },
  };
}

function provide({ service }: World) {
  const uuid = providerUuid(randomUUID());
  return createProvider(service, { uuid, name: uuid, parentUuid: null });
}

const INVENTORY = { total: 8, reserved: 0, minUnit: 1, maxUnit: 8, stepSize: 1, allocationRatio: 1 };

/** Changes that the model misses, and how many records differ then. */
const MISSED: Readonly<
  Record<string, { change(world: World, uuid: ReturnType<typeof providerUuid>): Promise<unknown>; differences: number }>
> = {
  'a new provider': { change: (world) => provide(world), differences: 1 },
  'a provider that is gone': { change: ({ service }, uuid) => deleteProvider(service, uuid), differences: 1 },
  'an inventory': {
    change: ({ service }, uuid) =>
      createInventory(service, uuid, { resourceClass: 'VCPU', inventory: INVENTORY, capacityRule: 'some-capacity' }),
    differences: 1,
  },
  'a resource class': { change: ({ service }) => createResourceClass(service, 'CUSTOM_MISSED'), differences: 1 },
  nothing: { change: async () => {}, differences: 0 },
};

for (const [name, { change, differences }] of Object.entries(MISSED)) {
  test(`missed: ${name}`, async (t) => {
    const world = await openWorld(t);
    const { service, audit, deafen } = world;
    await provide(world);
    const { uuid } = await provide(world);
    await service.model.read(() => {});
    deafen();
    await change(world, uuid);
    // What the feed says of it goes unheard.
    await service.model.read(() => {});

    const found = await audit.step();
    const again = await audit.step();

    const expected: Partial<AuditStep> = { differences, unhealed: 0, roundEnded: true };
    assert.deepEqual({ ...found, compared: null }, { ...expected, compared: null });
    assert.equal(again.differences, 0);
    const fresh = new KeptModel(() => service.store.poll('everything'));
    assert.equal(
      await service.model.read((model) => model.providerCount),
      await fresh.read((model) => model.providerCount),
    );
  });
}

test('it goes through all providers slice by slice, and begins anew', async (t) => {
  const world = await openWorld(t);
  for (let index = 0; index < 1100; index++) await provide(world);
  const steps: AuditStep[] = [];
  for (let index = 0; index < 4; index++) steps.push(await world.audit.step());
  assert.deepEqual(
    steps.map(({ compared, roundEnded }) => [compared, roundEnded]),
    [
      [500, false],
      [500, false],
      [100, true],
      [500, false],
    ],
  );
  assert.deepEqual(new Set(steps.map(({ differences }) => differences)), new Set([0]));
});

test('nothing differs while others write', async (t) => {
  const world = await openWorld(t);
  const { service, audit } = world;
  let writing = true;
  const writer = (async () => {
    while (writing) {
      const { uuid } = await provide(world);
      await replaceAggregates(service, uuid, { aggregates: [aggregateUuid(randomUUID())], generation: 0 });
      if (Math.random() < 0.5) await deleteProvider(service, uuid);
    }
  })();
  for (let index = 0; index < 60; index++) {
    assert.equal((await audit.step()).differences, 0);
    await service.model.read(() => {});
  }
  writing = false;
  await writer;
});
