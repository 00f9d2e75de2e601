// GET /berth/metrics after some requests: what was counted, and who is not named.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { claim, expectStatus, makeProvider } from '../support/world.ts';
import { sampleIn, startMeasured } from './metrics-service.ts';

test('requests are counted by template, method, microversion and status, and timed', async (t) => {
  const { client, text } = await startMeasured(t);
  const provider = await makeProvider(client, { VCPU: 4 });
  expectStatus(await client.at('1.20').get(`/resource_providers/${provider}`), 200);
  expectStatus(await client.at('1.20').get(`/resource_providers/${randomUUID()}`), 404);

  const metrics = await text();

  const labels = 'route="/resource_providers/{uuid}",method="GET",microversion="1.20"';
  assert.equal(sampleIn(metrics, `berth_http_requests_total{${labels},status="200"}`), 1);
  assert.equal(sampleIn(metrics, `berth_http_requests_total{${labels},status="404"}`), 1);
  const timed = 'berth_http_request_duration_seconds_count{route="/resource_providers/{uuid}",method="GET"';
  assert.equal(sampleIn(metrics, `${timed},status_class="2xx"}`), 1);
  assert.equal(sampleIn(metrics, 'berth_errors_total{kind="resource_provider.not_found"}'), 1);
});

test('writes, checks of the model, searches and identification are counted', async (t) => {
  const { client, text } = await startMeasured(t);
  const provider = await makeProvider(client, { VCPU: 4 });
  expectStatus(await claim(client, { [provider]: { VCPU: 1 } }), 204);
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:1'), 200);

  const metrics = await text();

  for (const [name, least] of [
    ['berth_write_commit_requests_count', 3],
    ['berth_model_check_duration_seconds_count{found="reload"}', 1],
    ['berth_model_check_duration_seconds_count{found="delta"}', 1],
    ['berth_model_providers_applied_total', 1],
    ['berth_candidate_search_steps_sum', 1],
    ['berth_identification_duration_seconds_count{result="caller"}', 4],
    ['berth_http_requests_under_way', 0],
    ['process_resident_memory_bytes', 1],
    ['nodejs_eventloop_lag_p99_seconds', 0],
  ] as const) {
    const value = sampleIn(metrics, name);
    assert.ok(value !== undefined && value >= least, `${name} is ${value}`);
  }
  assert.equal(sampleIn(metrics, 'berth_model_providers'), 1);
  assert.equal(sampleIn(metrics, 'berth_candidates_returned_sum'), 1);
  assert.equal(sampleIn(metrics, 'berth_candidate_search_duration_seconds_count{outcome="answered"}'), 1);
  assert.equal(sampleIn(metrics, 'berth_workers'), 1);
  assert.match(metrics, /^berth_build_info\{version="\d+\.\d+\.\d+",node="\d+\.\d+\.\d+"\} 1$/m);
});

test('nobody is named, and what clients invent makes no label', async (t) => {
  const { client, text } = await startMeasured(t);
  const provider = await makeProvider(client, { VCPU: 4 });
  const consumer = randomUUID();
  const headers = { 'x-auth-token': 'the-secret-of-someone' };
  expectStatus(await claim(client, { [provider]: { VCPU: 1 } }, consumer), 204);
  expectStatus(await client.get('/usages?project_id=a-project&user_id=a-user'), 200);
  await client.send('GET', `/allocations/${consumer}`, { headers });
  await client.send('GET', '/invented-path/of-a-client', { headers });
  await client.send('PROPFIND', '/traits', { headers });
  await client.at('1.99').get('/traits');

  const metrics = await text();

  for (const secret of [consumer, provider, 'a-project', 'a-user', 'the-secret', 'invented', '1.99']) {
    assert.ok(!metrics.includes(secret), secret);
  }
  assert.equal(
    sampleIn(metrics, 'berth_http_requests_total{route="-",method="GET",microversion="1.39",status="404"}'),
    1,
  );
});

test('metrics are open to everyone, have their content type, and can be taken away', async (t) => {
  const shown = await startMeasured(t);
  const { headers } = await shown.client.get('/berth/metrics');
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');

  const hidden = await startMeasured(t, { metrics: 'false' });
  assert.equal((await fetch(`${hidden.address}/berth/metrics`)).status, 404);
  const paths = Object.keys((await hidden.client.get('/berth/openapi.json')).body.paths);
  assert.ok(paths.includes('/berth/health/ready') && !paths.includes('/berth/metrics'));
});
