// What the sweep does at each microversion: every operation once with success, and once for each way in which the state
// of the service makes it fail. What follows from guards alone is asked elsewhere, of all operations alike.

import { randomUUID } from 'node:crypto';
import { expectStatus } from '../../support/world.ts';
import { allocationsBody, generationOf, type SweepWorld } from './sweep-world.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

type Story = (world: SweepWorld) => Promise<void>;

/** Stories by the first microversion that they are about. */
export const STORIES: readonly (readonly [since: number, story: Story])[] = [
  [0, versions],
  [0, providers],
  [0, inventories],
  [5, allInventoriesDeleted],
  [0, consumers],
  [13, severalConsumers],
  [0, providerViews],
  [1, aggregates],
  [2, resourceClasses],
  [6, traits],
  [6, providerTraits],
  [9, projectUsages],
  [10, candidates],
  [30, reshapes],
];

async function versions({ client }: SweepWorld): Promise<void> {
  expectStatus(await client.get('/'), 200);
  for (const path of ['openapi.json', 'health/live', 'health/ready', 'metrics']) {
    expectStatus(await client.get(`/berth/${path}`), 200);
  }
  expectStatus(await client.get('/berth/openapi.json?microversion=1.40'), 400);
}

async function providers({ version, client, provider }: SweepWorld): Promise<void> {
  const uuid = randomUUID();
  const created = { uuid, name: uuid, ...(version < 14 ? {} : { parent_provider_uuid: provider }) };
  expectStatus(await client.post('/resource_providers', created), version < 20 ? 201 : 200);
  expectStatus(await client.post('/resource_providers', created), 409);
  expectStatus(await client.get('/resource_providers'), 200);
  expectStatus(await client.get(`/resource_providers?name=${uuid}`), 200);
  expectStatus(await client.get('/resource_providers?uuid=x'), 400);
  for (const one of [uuid, provider]) expectStatus(await client.get(`/resource_providers/${one}`), 200);
  expectStatus(await client.get(`/resource_providers/${NOBODY}`), 404);
  expectStatus(await client.put(`/resource_providers/${uuid}`, { name: `${uuid} renamed` }), 200);
  expectStatus(await client.put(`/resource_providers/${uuid}`, { name: provider }), 409);
  expectStatus(await client.put(`/resource_providers/${NOBODY}`, { name: 'x' }), 404);
  expectStatus(await client.delete(`/resource_providers/${uuid}`), 204);
  expectStatus(await client.delete(`/resource_providers/${uuid}`), 404);
  expectStatus(await client.delete(`/resource_providers/${provider}`), 409);
}

async function inventories({ client, latest, provider, usedClass }: SweepWorld): Promise<void> {
  const all = `/resource_providers/${provider}/inventories`;
  const disk = { resource_class: 'DISK_GB', total: 10, reserved: 1, allocation_ratio: 0.5 };
  expectStatus(await client.post(all, disk), 201);
  expectStatus(await client.post(all, disk), 409);
  expectStatus(await client.post(`/resource_providers/${NOBODY}/inventories`, disk), 404);
  expectStatus(await client.post(all, { resource_class: 'DISK_GB' }), 400);
  expectStatus(await client.get(all), 200);
  expectStatus(await client.get(`/resource_providers/${NOBODY}/inventories`), 404);
  expectStatus(await client.get(`${all}/DISK_GB`), 200);
  expectStatus(await client.get(`${all}/MEMORY_MB`), 404);

  const update = { total: 20, resource_provider_generation: await generationOf(latest, provider) };
  expectStatus(await client.put(`${all}/DISK_GB`, update), 200);
  expectStatus(await client.put(`${all}/DISK_GB`, update), 409);
  expectStatus(await client.put(`/resource_providers/${NOBODY}/inventories/DISK_GB`, update), 404);
  expectStatus(await client.delete(`${all}/DISK_GB`), 204);
  expectStatus(await client.delete(`${all}/DISK_GB`), 404);
  expectStatus(await client.delete(`${all}/VCPU`), 409);

  const replacement = {
    resource_provider_generation: await generationOf(latest, provider),
    inventories: { VCPU: { total: 100 }, [usedClass]: { total: 10 } },
  };
  expectStatus(await client.put(all, replacement), 200);
  expectStatus(await client.put(all, replacement), 409);
  expectStatus(await client.put(`/resource_providers/${NOBODY}/inventories`, replacement), 404);
}

async function allInventoriesDeleted({ client, provider }: SweepWorld): Promise<void> {
  const uuid = randomUUID();
  expectStatus(await client.post('/resource_providers', { uuid, name: uuid }), 200, 201);
  expectStatus(await client.delete(`/resource_providers/${uuid}/inventories`), 204);
  expectStatus(await client.get(`/resource_providers/${uuid}/inventories`), 200);
  expectStatus(await client.delete(`/resource_providers/${NOBODY}/inventories`), 404);
  expectStatus(await client.delete(`/resource_providers/${provider}/inventories`), 409);
}

async function consumers({ version, client, provider, holder }: SweepWorld): Promise<void> {
  const consumer = `/allocations/${randomUUID()}`;
  expectStatus(await client.put(consumer, allocationsBody(version, provider, 1)), 204);
  for (const one of [consumer, `/allocations/${holder}`]) expectStatus(await client.get(one), 200);
  expectStatus(await client.put(`/allocations/${randomUUID()}`, allocationsBody(version, provider, 1000)), 409);
  expectStatus(await client.put('/allocations/x', allocationsBody(version, provider, 1)), 400);
  expectStatus(await client.delete(consumer), 204);
  expectStatus(await client.delete(consumer), 404);
  expectStatus(await client.get(consumer), 200);
}

async function severalConsumers({ version, client, provider }: SweepWorld): Promise<void> {
  const body = (amount: number) => ({ [randomUUID()]: allocationsBody(version, provider, amount) });
  expectStatus(await client.post('/allocations', { ...body(1), ...body(2) }), 204);
  expectStatus(await client.post('/allocations', { ...body(1), ...body(1000) }), 409);
}

async function providerViews({ client, provider }: SweepWorld): Promise<void> {
  for (const view of ['usages', 'allocations']) {
    expectStatus(await client.get(`/resource_providers/${provider}/${view}`), 200);
    expectStatus(await client.get(`/resource_providers/${NOBODY}/${view}`), 404);
  }
}

async function aggregates({ version, client, latest, provider }: SweepWorld): Promise<void> {
  const path = `/resource_providers/${provider}/aggregates`;
  const list = [randomUUID(), randomUUID().toUpperCase()];
  const generation = await generationOf(latest, provider);
  const body = version < 19 ? list : { aggregates: list, resource_provider_generation: generation };
  expectStatus(await client.put(path, body), 200);
  expectStatus(await client.put(path, body), version < 19 ? 200 : 409);
  expectStatus(await client.put(`/resource_providers/${NOBODY}/aggregates`, body), 404);
  expectStatus(await client.get(path), 200);
  expectStatus(await client.get(`/resource_providers/${NOBODY}/aggregates`), 404);
}

async function resourceClasses({ version, client, usedClass, newName }: SweepWorld): Promise<void> {
  const [name, other] = [newName(), newName()];
  expectStatus(await client.post('/resource_classes', { name }), 201);
  expectStatus(await client.post('/resource_classes', { name }), 409);
  expectStatus(await client.get('/resource_classes'), 200);
  expectStatus(await client.get(`/resource_classes/${name}`), 200);
  expectStatus(await client.get(`/resource_classes/${other}`), 404);
  if (version < 7) {
    expectStatus(await client.put(`/resource_classes/${other}`, { name: newName() }), 404);
    expectStatus(await client.put(`/resource_classes/${name}`, { name: usedClass }), 409);
    expectStatus(await client.put(`/resource_classes/${name}`, { name: other }), 200);
  } else {
    expectStatus(await client.put(`/resource_classes/${other}`), 201);
    expectStatus(await client.put(`/resource_classes/${other}`), 204);
    expectStatus(await client.put('/resource_classes/VCPU'), 400);
  }
  expectStatus(await client.delete(`/resource_classes/${other}`), 204);
  expectStatus(await client.delete(`/resource_classes/${other}`), 404);
  expectStatus(await client.delete(`/resource_classes/${usedClass}`), 409);
}

async function traits({ client, usedTrait, newName }: SweepWorld): Promise<void> {
  const name = newName();
  expectStatus(await client.put(`/traits/${name}`), 201);
  expectStatus(await client.put(`/traits/${name}`), 204);
  expectStatus(await client.put('/traits/HW_CPU_X86_SSE'), 400);
  expectStatus(await client.get(`/traits/${name}`), 204);
  expectStatus(await client.get('/traits'), 200);
  expectStatus(await client.get(`/traits?name=in:${name}`), 200);
  expectStatus(await client.get('/traits?name=x'), 400);
  expectStatus(await client.delete(`/traits/${name}`), 204);
  expectStatus(await client.delete(`/traits/${name}`), 404);
  expectStatus(await client.get(`/traits/${name}`), 404);
  expectStatus(await client.delete(`/traits/${usedTrait}`), 409);
}

async function providerTraits({ client, latest, child, usedTrait }: SweepWorld): Promise<void> {
  const path = `/resource_providers/${child}/traits`;
  const body = { traits: [usedTrait, 'HW_NUMA_ROOT'], resource_provider_generation: await generationOf(latest, child) };
  expectStatus(await client.put(path, body), 200);
  expectStatus(await client.put(path, { ...body, traits: [] }), 409);
  expectStatus(await client.put(`/resource_providers/${NOBODY}/traits`, body), 404);
  expectStatus(await client.get(path), 200);
  expectStatus(await client.get(`/resource_providers/${NOBODY}/traits`), 404);
  expectStatus(await client.delete(path), 204);
  expectStatus(await client.delete(`/resource_providers/${NOBODY}/traits`), 404);
}

async function projectUsages({ client }: SweepWorld): Promise<void> {
  expectStatus(await client.get('/usages?project_id=a-project'), 200);
  expectStatus(await client.get('/usages?project_id=no-project'), 200);
  expectStatus(await client.get('/usages'), 400);
}

async function candidates({ version, client, usedClass }: SweepWorld): Promise<void> {
  const { body } = expectStatus(await client.get(`/allocation_candidates?resources=VCPU:1,${usedClass}:1`), 200);
  if (body.allocation_requests.length !== 1) throw new Error('one candidate was expected');
  if (version >= 29) {
    const grouped = `/allocation_candidates?resources=${usedClass}:1&resources1=SRIOV_NET_VF:1&group_policy=none`;
    expectStatus(await client.get(grouped), 200);
  }
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:100000'), 200);
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:0'), 400);
}

async function reshapes({ version, client, latest, provider, usedClass }: SweepWorld): Promise<void> {
  const body = {
    inventories: {
      [provider]: {
        resource_provider_generation: await generationOf(latest, provider),
        inventories: { VCPU: { total: 200 }, [usedClass]: { total: 10 } },
      },
    },
    allocations: { [randomUUID()]: allocationsBody(version, provider, 3) },
  };
  expectStatus(await client.post('/reshaper', body), 204);
  expectStatus(await client.post('/reshaper', body), 409);
}
