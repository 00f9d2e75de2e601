// What the routes answer: status, location, body and last-modified of each resource, on a real store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ask, bodyOf, openRoutes } from './routes-service.ts';

const UUID = '0b9b4b2e-6bd3-4f0c-8d3c-3c0f5f6f6a02';
const PATH = `/resource_providers/${UUID}`;
const CONSUMER = '9ae60315-80c2-48a0-a168-ca4f27c307e1';

/** A provider of 8 VCPU at generation 1. */
async function withVcpu(ask: Ask): Promise<void> {
  await ask('POST', '/resource_providers', { body: { name: 'cn', uuid: UUID } });
  await ask('POST', `${PATH}/inventories`, { body: { resource_class: 'VCPU', total: 8 } });
}

test('a provider is created without an answer below 1.20, with one from then on', async (t) => {
  const ask = await openRoutes(t);
  const odd = `{${UUID.toUpperCase()}}`;
  const old = await ask('POST', '/resource_providers', { at: 19, body: { name: 'a', uuid: odd } });
  assert.deepEqual(old, { status: 201, location: PATH });

  const answer = await ask('POST', '/resource_providers', { at: 20, body: { name: 'b', parent_provider_uuid: UUID } });
  const shown = bodyOf(answer);
  assert.equal(answer.status, 200);
  assert.match(shown.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(answer.location, `/resource_providers/${shown.uuid}`);
  assert.equal(shown.parent_provider_uuid, UUID);
  assert.ok(answer.lastModified instanceof Date);

  const renamed = await ask('PUT', PATH, { at: 0, body: { name: 'c' } });
  assert.equal(renamed.status, 200);
  assert.equal(renamed.location, undefined);
  assert.equal(bodyOf(renamed).name, 'c');
  assert.equal(bodyOf(renamed).links[0].href, `/placement${PATH}`);
  await assert.rejects(ask('DELETE', PATH), { status: 409 });
  assert.deepEqual(await ask('DELETE', answer.location ?? ''), { status: 204 });
});

test('an inventory is created, shown, replaced and deleted', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const created = await ask('POST', `${PATH}/inventories`, { body: { resource_class: 'DISK_GB', total: 5 } });
  assert.equal(created.status, 201);
  assert.equal(created.location, `${PATH}/inventories/DISK_GB`);
  const record = { total: 5, reserved: 0, min_unit: 1, max_unit: 2147483647, step_size: 1, allocation_ratio: 1 };
  assert.deepEqual(bodyOf(created), { resource_provider_generation: 2, ...record });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/inventories/DISK_GB`)), bodyOf(created));

  const replaced = await ask('PUT', `${PATH}/inventories`, {
    body: { resource_provider_generation: 2, inventories: { DISK_GB: { total: 5 } } },
  });
  assert.deepEqual(bodyOf(replaced), { resource_provider_generation: 3, inventories: { DISK_GB: record } });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/inventories`)), bodyOf(replaced));
  const updated = await ask('PUT', `${PATH}/inventories/DISK_GB`, {
    body: { resource_provider_generation: 3, total: 6 },
  });
  assert.deepEqual(bodyOf(updated), { resource_provider_generation: 4, ...record, total: 6 });
  for (const answer of [created, replaced, updated]) assert.ok(answer.lastModified instanceof Date);

  assert.deepEqual(await ask('DELETE', `${PATH}/inventories/DISK_GB`), { status: 204 });
  assert.deepEqual(await ask('DELETE', `${PATH}/inventories`), { status: 204 });
});

test('all of an inventory may be reserved from 1.26', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const body = { resource_provider_generation: 1, total: 4, reserved: 4 };
  await assert.rejects(ask('PUT', `${PATH}/inventories/VCPU`, { at: 25, body }), { message: /than or equal to total/ });
  assert.equal((await ask('PUT', `${PATH}/inventories/VCPU`, { at: 26, body })).status, 200);
});

test('aggregates are answered in the order of the request, with a generation from 1.19', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const aggregates = ['5e08ea53-c4c6-448e-9334-ac4953de3cfa', '42896e0d-205d-4fe3-bd1e-100924931787'];
  assert.deepEqual(bodyOf(await ask('PUT', `${PATH}/aggregates`, { at: 18, body: aggregates })), { aggregates });
  const body = { aggregates: aggregates.toReversed(), resource_provider_generation: 1 };
  const answer = await ask('PUT', `${PATH}/aggregates`, { at: 19, body });
  assert.deepEqual(bodyOf(answer), { ...body, resource_provider_generation: 2 });
  const shown = bodyOf(await ask('GET', `${PATH}/aggregates`, { at: 18 }));
  assert.deepEqual(shown.aggregates.toSorted(), aggregates.toSorted());
  assert.deepEqual(Object.keys(shown), ['aggregates']);
});

test('traits are made, given to a provider and listed', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const made = await ask('PUT', '/traits/CUSTOM_A');
  assert.equal(made.status, 201);
  assert.equal(made.location, '/traits/CUSTOM_A');
  assert.equal(made.body, undefined);
  assert.ok(made.lastModified instanceof Date);
  assert.deepEqual(await ask('PUT', '/traits/CUSTOM_A'), { ...made, status: 204 });
  assert.deepEqual(await ask('GET', '/traits/CUSTOM_A'), { status: 204, lastModified: made.lastModified });

  const given = await ask('PUT', `${PATH}/traits`, {
    body: { traits: ['CUSTOM_A', 'HW_NUMA_ROOT', 'CUSTOM_A'], resource_provider_generation: 1 },
  });
  assert.deepEqual(bodyOf(given), { traits: ['HW_NUMA_ROOT', 'CUSTOM_A'], resource_provider_generation: 2 });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/traits`)), bodyOf(given));
  assert.deepEqual(bodyOf(await ask('GET', '/traits', { query: [['associated', 'TRUE']] })), {
    traits: ['HW_NUMA_ROOT', 'CUSTOM_A'],
  });
  await assert.rejects(ask('GET', '/traits', { query: [['__proto__', 'x']] }), { status: 400 });
  assert.deepEqual(await ask('DELETE', `${PATH}/traits`), { status: 204 });
  assert.deepEqual(await ask('DELETE', '/traits/CUSTOM_A'), { status: 204 });
});

test('resource classes are made, renamed and deleted, without a time of change', async (t) => {
  const ask = await openRoutes(t);
  const location = '/resource_classes/CUSTOM_A';
  assert.deepEqual(await ask('POST', '/resource_classes', { body: { name: 'CUSTOM_A' } }), { status: 201, location });
  assert.deepEqual(await ask('PUT', location, { at: 7 }), { status: 204, location });
  const renamed = await ask('PUT', location, { at: 6, body: { name: 'CUSTOM_B' } });
  const shown = { name: 'CUSTOM_B', links: [{ rel: 'self', href: '/placement/resource_classes/CUSTOM_B' }] };
  assert.deepEqual(renamed, { status: 200, body: shown });
  assert.deepEqual(await ask('PUT', location, { at: 7 }), { status: 201, location });
  await assert.rejects(ask('PUT', '/resource_classes/VCPU', { at: 7 }), {
    status: 400,
    message: /JSON does not validate: .*Failed validating 'pattern'/,
  });
  const listed = await ask('GET', '/resource_classes');
  assert.equal(bodyOf(listed).resource_classes.length, 23);
  assert.ok(listed.lastModified instanceof Date);
  assert.deepEqual(bodyOf(await ask('GET', '/resource_classes/CUSTOM_B')), shown);
  assert.deepEqual(await ask('DELETE', location), { status: 204 });
});

test('allocations are written in every form, and shown', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const dashless = `/allocations/${CONSUMER.replaceAll('-', '')}`;
  const items = [3, 2].map((amount) => ({ resource_provider: { uuid: UUID }, resources: { VCPU: amount } }));
  assert.deepEqual(await ask('PUT', dashless, { at: 0, body: { allocations: items } }), { status: 204 });
  const held = await ask('GET', `/allocations/${CONSUMER}`, { at: 11 });
  assert.deepEqual(bodyOf(held), { allocations: { [UUID]: { generation: 2, resources: { VCPU: 2 } } } });
  assert.ok(held.lastModified instanceof Date);
  assert.deepEqual(bodyOf(await ask('GET', dashless)), { allocations: {} }, 'the text is taken exactly');

  const owner = { project_id: 'p', user_id: 'u' };
  const part = { allocations: { [UUID]: { resources: { VCPU: 4 } } }, ...owner, consumer_generation: 1 };
  assert.deepEqual(await ask('POST', '/allocations', { at: 28, body: { [CONSUMER]: part } }), { status: 204 });
  assert.deepEqual(bodyOf(await ask('GET', `/allocations/${CONSUMER}`)), {
    allocations: { [UUID]: { generation: 3, resources: { VCPU: 4 } } },
    ...owner,
    consumer_generation: 2,
    consumer_type: 'unknown',
  });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/allocations`)), {
    resource_provider_generation: 3,
    allocations: { [CONSUMER]: { resources: { VCPU: 4 }, consumer_generation: 2 } },
  });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/usages`)), {
    resource_provider_generation: 3,
    usages: { VCPU: 4 },
  });
  const query = [['project_id', 'p']] as const;
  assert.deepEqual(bodyOf(await ask('GET', '/usages', { at: 37, query })), { usages: { VCPU: 4 } });
  assert.deepEqual(bodyOf(await ask('GET', '/usages', { query })), {
    usages: { unknown: { consumer_count: 1, VCPU: 4 } },
  });
  assert.deepEqual(await ask('DELETE', `/allocations/${CONSUMER}`), { status: 204 });
  await assert.rejects(ask('DELETE', `/allocations/${CONSUMER}`), { status: 404 });
});

test('a reshape moves inventory and allocations', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const inventories = { [UUID]: { resource_provider_generation: 1, inventories: { DISK_GB: { total: 9 } } } };
  const part = {
    allocations: { [UUID]: { resources: { DISK_GB: 9 } } },
    project_id: 'p',
    user_id: 'u',
    consumer_generation: null,
  };
  const body = { inventories, allocations: { [CONSUMER]: part } };
  assert.deepEqual(await ask('POST', '/reshaper', { at: 30, body }), { status: 204 });
  assert.deepEqual(bodyOf(await ask('GET', `${PATH}/usages`)).usages, { DISK_GB: 9 });
});

test('providers and candidates are found, and a bad question is refused', async (t) => {
  const ask = await openRoutes(t);
  await withVcpu(ask);
  const listed = await ask('GET', '/resource_providers', { query: [['name', 'cn']] });
  assert.deepEqual(
    bodyOf(listed).resource_providers.map(({ uuid }: { uuid: string }) => uuid),
    [UUID],
  );
  assert.ok(listed.lastModified instanceof Date);
  await assert.rejects(ask('GET', '/resource_providers', { at: 13, query: [['in_tree', UUID]] }), { status: 400 });

  const found = await ask('GET', '/allocation_candidates', { query: [['resources', 'VCPU:2']] });
  assert.deepEqual(bodyOf(found), {
    allocation_requests: [{ allocations: { [UUID]: { resources: { VCPU: 2 } } }, mappings: { '': [UUID] } }],
    provider_summaries: {
      [UUID]: {
        resources: { VCPU: { capacity: 8, used: 0 } },
        traits: [],
        parent_provider_uuid: null,
        root_provider_uuid: UUID,
      },
    },
  });
  await assert.rejects(ask('GET', '/allocation_candidates', { at: 10, query: [['limit', '1']] }), { status: 400 });
});
