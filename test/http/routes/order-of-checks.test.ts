// http-api §4.5, §5, §6.2, §7.6, §9.4: what is reported when a request is wrong in two ways.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRoutes } from './routes-service.ts';

const NOBODY = '/resource_providers/0b9b4b2e-6bd3-4f0c-8d3c-3c0f5f6f6a01';
const SOMEBODY_UUID = '0b9b4b2e-6bd3-4f0c-8d3c-3c0f5f6f6a02';
const SOMEBODY = `/resource_providers/${SOMEBODY_UUID}`;

const PROVIDER_FIRST = [
  ['PUT', ''],
  ['POST', '/inventories'],
  ['PUT', '/inventories'],
  ['PUT', '/inventories/VCPU'],
  ['PUT', '/aggregates'],
] as const;

for (const [method, below] of PROVIDER_FIRST) {
  test(`${method} {uuid}${below}: an unknown provider before a bad body`, async (t) => {
    const ask = await openRoutes(t);
    await ask('POST', '/resource_providers', { body: { name: 'n', uuid: SOMEBODY_UUID } });
    for (const body of ['{', '{"bad_field": 1}']) {
      await assert.rejects(ask(method, NOBODY + below, { body }), {
        status: 404,
        message: /No resource provider with/,
      });
      await assert.rejects(ask(method, SOMEBODY + below, { body }), {
        status: 400,
        message: /^(Malformed JSON|JSON does not validate): /,
      });
    }
  });
}

test('PUT {uuid}/traits: a bad body before an unknown provider', async (t) => {
  const ask = await openRoutes(t);
  await assert.rejects(ask('PUT', `${NOBODY}/traits`, { body: {} }), {
    status: 400,
    message: /JSON does not validate/,
  });
  await assert.rejects(ask('PUT', `${NOBODY}/traits`, { body: { traits: [], resource_provider_generation: 0 } }), {
    status: 404,
  });
});

test('PUT /allocations: a malformed consumer before malformed JSON', async (t) => {
  const ask = await openRoutes(t);
  await assert.rejects(ask('PUT', '/allocations/cow', { body: '{' }), {
    status: 400,
    message: /Malformed consumer_uuid: cow/,
  });
  await assert.rejects(ask('PUT', `/allocations/${SOMEBODY_UUID}`, { body: '{' }), { message: /^Malformed JSON: / });
});

test('an inventory named by no class fails as an unknown class, after the generation', async (t) => {
  const ask = await openRoutes(t);
  await ask('POST', '/resource_providers', { body: { name: 'n', uuid: SOMEBODY_UUID } });
  const put = (generation: number) =>
    ask('PUT', `${SOMEBODY}/inventories`, {
      body: { resource_provider_generation: generation, inventories: { vcpu: { total: 1 } } },
    });
  await assert.rejects(put(1), { status: 409, message: /resource provider generation conflict/ });
  await assert.rejects(put(0), { status: 400, message: /Unknown resource class in inventory.*vcpu/ });
});
