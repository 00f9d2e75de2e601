// A state of the benchmark, written straight into the tables, is what a client would have made of it through the API.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeStage, openStage } from '../../bench/services/stage.ts';
import { AGGREGATE, flatState, hostUuid, TRAIT } from '../../bench/states/flat.ts';
import { nestedState, PROVIDERS_PER_TREE } from '../../bench/states/nested.ts';
import { uuidOf } from '../../bench/states/state.ts';
import { createPeer } from '../takeover/peer.ts';

const ALONE = { kind: 'sqlite', services: ['berth'], workers: 1 } as const;

test('hosts have their inventories, their trait and their aggregate', async () => {
  const stage = await openStage(flatState(3), ALONE);
  const client = createPeer(`http://127.0.0.1:${stage[0]?.service.port}`);
  try {
    const read = async (what: string) =>
      (await client.expect(200, 'GET', `/resource_providers/${hostUuid(2)}/${what}`, '1.39')).body;

    const { inventories } = await read('inventories');
    assert.deepEqual(inventories.VCPU, {
      ...{ total: 64, reserved: 0, min_unit: 1, max_unit: 64, step_size: 1, allocation_ratio: 16 },
    });
    assert.deepEqual(Object.keys(inventories).sort(), ['DISK_GB', 'MEMORY_MB', 'VCPU']);
    assert.deepEqual((await read('traits')).traits, [TRAIT]);
    assert.deepEqual((await read('aggregates')).aggregates, [AGGREGATE]);
  } finally {
    client.close();
    await closeStage(stage);
  }
});

test('trees have their roots and parents, and custom traits are made', async () => {
  const stage = await openStage(nestedState(2), ALONE);
  const client = createPeer(`http://127.0.0.1:${stage[0]?.service.port}`);
  try {
    const root = uuidOf('nested', PROVIDERS_PER_TREE);
    const numa = uuidOf('nested', PROVIDERS_PER_TREE + 1);
    const device = uuidOf('nested', PROVIDERS_PER_TREE + 2);

    const { body } = await client.expect(200, 'GET', `/resource_providers?in_tree=${device}`, '1.39');
    assert.equal(body.resource_providers.length, PROVIDERS_PER_TREE);
    const found = body.resource_providers.find(({ uuid }: { readonly uuid: string }) => uuid === device);
    assert.deepEqual([found.root_provider_uuid, found.parent_provider_uuid], [root, numa]);
    const { traits } = (await client.expect(200, 'GET', `/resource_providers/${numa}/traits`, '1.39')).body;
    assert.deepEqual(traits, ['CUSTOM_FOO']);
  } finally {
    client.close();
    await closeStage(stage);
  }
});
