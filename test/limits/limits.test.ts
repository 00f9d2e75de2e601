// The bounds on one request, through the whole service: each is refused with an error that names its setting, and
// counted under that name.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { errorDetail, expectStatus, makeProvider } from '../support/world.ts';
import { type MeasuredService, startMeasured } from '../telemetry/metrics-service.ts';

const GROUPS = 'resources1=VCPU:1&resources2=VCPU:1&resources3=VCPU:1&group_policy=none';

interface Case {
  readonly limit: string;
  readonly value: string;
  readonly status: number;
  ask(service: MeasuredService): ReturnType<MeasuredService['client']['get']>;
}

const CASES: readonly Case[] = [
  {
    limit: 'body_bytes_max',
    value: '1024',
    status: 413,
    ask: ({ client }) => client.post('/resource_classes', { name: 'X'.repeat(2000) }),
  },
  {
    limit: 'url_bytes_max',
    value: '1024',
    status: 414,
    ask: ({ client }) => client.get(`/traits?name=${'X'.repeat(1100)}`),
  },
  {
    limit: 'header_bytes_max',
    value: '50000',
    status: 431,
    ask: ({ client }) => client.send('GET', '/traits', { headers: { 'x-large': 'x'.repeat(51_000) } }),
  },
  {
    limit: 'query_parameters_max',
    value: '10',
    status: 400,
    ask: ({ client }) => client.get(`/resource_providers?${'required=X&'.repeat(11)}`),
  },
  {
    limit: 'json_depth_max',
    value: '8',
    status: 400,
    ask: ({ client }) => client.post('/resource_classes', [[[[[[[[[]]]]]]]]]),
  },
  {
    limit: 'request_groups_max',
    value: '2',
    status: 400,
    ask: ({ client }) => client.get(`/allocation_candidates?${GROUPS}`),
  },
  {
    limit: 'candidates_max',
    value: '2',
    status: 400,
    ask: ({ client }) => client.get('/allocation_candidates?resources=VCPU:1'),
  },
  {
    limit: 'search_steps_max',
    value: '1000',
    status: 503,
    ask: ({ client }) => client.get(`/allocation_candidates?${GROUPS.replaceAll('VCPU', 'VGPU')}`),
  },
];

for (const { limit, value, status, ask } of CASES) {
  test(`${limit}: ${status}, with the setting's name, and counted`, async (t) => {
    const service = await startMeasured(t, { [limit]: value });
    await makeTree(service);
    const counted = `berth_limit_refusals_total{limit="${limit}"}`;
    assert.equal(await service.sample(counted), 0);

    const reply = await ask(service);

    assert.equal(reply.status, status, JSON.stringify(reply.body));
    assert.ok(errorDetail(reply).includes(limit), errorDetail(reply));
    assert.equal(await service.sample(counted), 1);
    expectStatus(await service.client.get('/traits'), 200);
  });
}

test('as many candidates as allowed are answered, and a limit of the client keeps an answer within', async (t) => {
  const { client } = await startMeasured(t, { candidates_max: '3' });
  for (let index = 0; index < 3; index++) await makeProvider(client, { VCPU: 1 });
  const ask = async (query: string) => expectStatus(await client.get(`/allocation_candidates?${query}`), 200);
  assert.equal((await ask('resources=VCPU:1')).body.allocation_requests.length, 3);
  await makeProvider(client, { VCPU: 1 });
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:1'), 400);
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=4'), 400);
  assert.equal((await ask('resources=VCPU:1&limit=3')).body.allocation_requests.length, 3);
});

test('connections beyond the bound are closed and counted', async (t) => {
  const service = await startMeasured(t, { connections_max: '2' });
  // One is the client's own.
  expectStatus(await service.client.get('/traits'), 200);
  const { hostname, port } = new URL(service.address);
  const open = () => connect({ host: hostname, port: Number(port) }).on('error', () => {});
  const within = open();
  await once(within, 'connect');
  const beyond = open();
  await once(beyond, 'close');
  within.destroy();
  assert.equal(await service.sample('berth_limit_refusals_total{limit="connections_max"}'), 1);
});

test('answers that clients have yet to read are bounded together, and counted', async (t) => {
  const service = await startMeasured(t, { unsent_bytes_max: String(1024 * 1024) });
  const ask = () => service.client.get('/allocation_candidates?resources=VCPU:1');
  for (let index = 0; index < 500; index++) await makeProvider(service.client, { VCPU: 1 });
  const { hostname, port } = new URL(service.address);
  const line = 'GET /allocation_candidates?resources=VCPU:1 HTTP/1.1\r\nopenstack-api-version: placement 1.39\r\n\r\n';
  // Buffers of sockets take megabytes; then each connection has one answer that is not taken.
  const slow = Array.from({ length: 12 }, () => connect({ host: hostname, port: Number(port) }).pause());
  for (const socket of slow) socket.write(line.repeat(60));

  let reply = await ask();
  for (let attempt = 0; attempt < 200 && reply.status === 200; attempt++) reply = await ask();

  assert.equal(reply.status, 503, 'the buffers of the sockets took it all');
  assert.ok(errorDetail(reply).includes('[berth] unsent_bytes_max'), errorDetail(reply));
  assert.ok(((await service.sample('berth_limit_refusals_total{limit="unsent_bytes_max"}')) ?? 0) > 0);
  for (const socket of slow) socket.destroy();
});

/** A host with ten devices, of which three can be chosen in many ways. */
async function makeTree({ client }: MeasuredService): Promise<void> {
  const host = await makeProvider(client, { VCPU: 64 });
  for (let index = 0; index < 20; index++) await makeProvider(client, { VGPU: 4, VCPU: 4 }, host);
}
