// What the model is told: a reload in slices is the whole database, whatever gaps the row ids have; and after any update
// the model is what a reload would make it.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openStore } from '../../src/cli/open-store.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import type { ConsumerWrite } from '../../src/domain/consumer.ts';
import { aggregateUuid, consumerUuid, providerUuid } from '../../src/domain/ids.ts';
import { KeptModel } from '../../src/model/kept-model.ts';
import { Model } from '../../src/model/model.ts';
import { getAggregates, replaceAggregates } from '../../src/operations/aggregates.ts';
import { createInventory } from '../../src/operations/inventories.ts';
import { createProvider, deleteProvider } from '../../src/operations/resource-providers.ts';
import type { Service } from '../../src/operations/service.ts';
import { setAllocations } from '../../src/operations/set-allocations.ts';
import type { Store } from '../../src/store/store.ts';
import { portrait } from '../model/portrait.ts';
import { forEachDatabase, type TestedDatabase } from '../support/databases/for-each-database.ts';

/** More than two slices of a reload. */
const PROVIDERS = 4_100;
const AGGREGATE = '00000000-0000-4000-8000-000000000001';
const VCPU = 0;
const MEMORY_MB = 1;

async function opened(t: TestContext, database: TestedDatabase): Promise<{ store: Store; name: string }> {
  const name = await database.server.createDatabase();
  const settings = developmentSettings({ url: database.server.url(name) });
  const store = await openStore(settings.database);
  t.after(() => store.close());
  return { store, name };
}

/** Trees of two with gaps between their ids; every second root has inventory, use, a trait and an aggregate. */
async function fill({ server }: TestedDatabase, name: string): Promise<void> {
  const rows = { providers: [''], inventories: [''], allocations: [''], traits: [''], aggregates: [''] };
  for (const list of Object.values(rows)) list.pop();
  for (let index = 0; index < PROVIDERS; index++) {
    const id = 10 + index * 3;
    const isChild = index % 2 === 1;
    const root = isChild ? id - 3 : id;
    rows.providers.push(`(${id}, '${uuid(id)}', 'name ${id}', 1, ${root}, ${isChild ? root : 'NULL'})`);
    if (index % 4 !== 0) continue;
    rows.inventories.push(`(${id}, ${VCPU}, 8, 0, 1, 8, 1, 1.1)`, `(${id}, ${MEMORY_MB}, 512, 12, 1, 64, 2, 1)`);
    rows.allocations.push(`(${id}, 'a', ${VCPU}, 2)`, `(${id}, 'b', ${VCPU}, 3)`);
    rows.traits.push(`(${id}, 1)`, `(${id}, 2)`);
    rows.aggregates.push(`(${id}, 1)`);
  }
  // Left behind by a provider that is gone.
  rows.inventories.push(`(11, ${VCPU}, 8, 0, 1, 8, 1, 1)`);
  const insert = (table: string, columns: string, values: readonly string[]): string =>
    `INSERT INTO ${table} (${columns}) VALUES ${values.join(', ')};`;
  const statements = [
    insert('resource_providers', 'id, uuid, name, generation, root_provider_id, parent_provider_id', rows.providers),
    insert(
      'inventories',
      'resource_provider_id, resource_class_id, total, reserved, min_unit, max_unit, step_size, allocation_ratio',
      rows.inventories,
    ),
    insert('allocations', 'resource_provider_id, consumer_id, resource_class_id, used', rows.allocations),
    insert('resource_provider_traits', 'resource_provider_id, trait_id', rows.traits),
    insert('placement_aggregates', 'id, uuid', [`(1, '${AGGREGATE}')`]),
    insert('resource_provider_aggregates', 'resource_provider_id, aggregate_id', rows.aggregates),
  ];
  for (const text of statements) await server.run(name, text);
}

function uuid(id: number): string {
  return `00000000-0000-4000-9000-${String(id).padStart(12, '0')}`;
}

function keptOn(store: Store): KeptModel {
  return new KeptModel((need, target) => store.poll(need, target));
}

forEachDatabase('updates of the model', (database) => {
  test('a reload in slices brings everything, and the loop turns meanwhile', async (t) => {
    const { store, name } = await opened(t, database);
    await fill(database, name);
    let turns = 0;
    const turning = setInterval(() => turns++, 0);

    const seen = await keptOn(store).read((model) => portraitOf(model));
    clearInterval(turning);

    const update = await store.poll('everything');
    const whole = new Model();
    whole.apply(update);
    assert.equal(whole.providerCount, PROVIDERS);
    assert.deepEqual(seen, portraitOf(whole));
    assert.ok(turns > 0);
    const number = whole.numberOfUuid(uuid(10)) ?? assert.fail();
    const [vcpu] = whole.inventories(number);
    assert.deepEqual([vcpu?.used, vcpu?.allocationRatio], [5, 1.1]);
    assert.deepEqual(whole.aggregates(number), [AGGREGATE]);
    assert.equal(whole.traitNames(number).length, 2);
  });

  test('after updates the model is as if it had been loaded anew', async (t) => {
    const { store } = await opened(t, database);
    const kept = keptOn(store);
    const { placement, berth } = developmentSettings({ path: ':memory:' });
    const service: Service = { store, model: kept, settings: placement, searchLimits: berth.search };
    const provide = (id: number, parent: number | null) =>
      createProvider(service, {
        uuid: providerUuid(uuid(id)),
        name: `name ${id}`,
        parentUuid: parent === null ? null : providerUuid(uuid(parent)),
      });
    await kept.read(() => {});
    await provide(1, null);
    await provide(2, 1);
    await provide(3, null);
    await kept.read(() => {});
    await createInventory(service, providerUuid(uuid(2)), {
      resourceClass: 'VCPU',
      inventory: { total: 8, reserved: 0, minUnit: 1, maxUnit: 8, stepSize: 1, allocationRatio: 1.1 },
      capacityRule: 'some-capacity',
    });
    await replaceAggregates(service, providerUuid(uuid(1)), {
      aggregates: [aggregateUuid(AGGREGATE), aggregateUuid(uuid(9))],
      generation: 0,
    });
    // Joined in another order than that of the aggregates' row ids.
    for (const aggregates of [[uuid(9)], [uuid(9), AGGREGATE]]) {
      await replaceAggregates(service, providerUuid(uuid(2)), {
        aggregates: aggregates.map(aggregateUuid),
        generation: null,
      });
    }
    await deleteProvider(service, providerUuid(uuid(3)));
    for (const consumer of [7, 8]) {
      const claim: ConsumerWrite = {
        consumerUuid: consumerUuid(uuid(consumer)),
        allocations: [{ providerUuid: providerUuid(uuid(2)), resources: [{ resourceClass: 'VCPU', amount: 2 }] }],
        owner: { project: 'a project', user: 'a user' },
        generation: null,
        consumerType: 'INSTANCE',
      };
      await setAllocations(service, [claim], 'one-consumer');
    }

    const seen = await kept.read((model) => portraitOf(model));

    const whole = new Model();
    whole.apply(await store.poll('everything'));
    assert.equal(whole.providerCount, 2);
    const shown = await getAggregates(service, providerUuid(uuid(2)));
    assert.deepEqual(shown.aggregates, [AGGREGATE, uuid(9)]);
    assert.deepEqual(seen, portraitOf(whole));
  });
});

function portraitOf(model: Model): unknown {
  return portrait(model, { resourceClasses: model.nameCatalog.resourceClasses.slice(0, 4), traits: [] });
}
