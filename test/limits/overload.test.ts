// Far more is asked than can be answered, by a process of its own that does not wait for answers: the service refuses
// what is too much with whole answers, keeps its memory, goes on telling how it is, and is itself again afterwards.
// How fast all that is, is a matter of bench/overload.ts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { serveBerth, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { requestText, startLoadGenerator } from '../support/load-generator.ts';
import { sampleIn } from '../telemetry/metrics-service.ts';

/** Bounds that a small machine reaches. */
const SETTINGS = `[berth]
port = 0
concurrent_requests_max = 4
waiting_requests_max = 32
waiting_time_max = 0.2
overload_delay = 0.02
`;
const PROVIDERS = 300;
const HEADERS = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' };
const SEARCH = '/allocation_candidates?resources=VCPU:1,MEMORY_MB:64';

test('an overload is refused with whole answers, and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const { configFile, dataPath } = writeConfiguration(folder.path, SETTINGS);
  const berth = await serveBerth(['--config-file', configFile], dataPath);
  const generator = startLoadGenerator();
  const port = Number(new URL(berth.url).port);
  const requests = [requestText('GET', SEARCH, undefined, HEADERS)];
  try {
    await makeProviders(berth.url);
    const { perSecond } = await generator.run({ port, requests, seconds: 2, rate: null, connectionsMax: 4 });
    const before = memoryKb(berth.pid);
    const health: number[] = [];
    const asking = setInterval(() => {
      void fetch(`${berth.url}/berth/health/live`).then(({ status }) => health.push(status));
    }, 200);

    const flood = await generator.run({ port, requests, seconds: 4, rate: 4 * perSecond, connectionsMax: 600 });

    clearInterval(asking);
    const after = memoryKb(berth.pid);
    assert.deepEqual([flood.malformed, flood.broken, flood.incomplete503], [0, 0, 0]);
    assert.deepEqual(Object.keys(flood.byStatus).sort(), ['200', '503']);
    assert.ok((flood.byStatus['200']?.count ?? 0) > 0 && (flood.byStatus['503']?.count ?? 0) > 0);
    assert.ok(health.length > 0 && health.every((status) => status === 200), health.join());
    assert.ok(after < before + 200_000, `${before} KB before, ${after} KB after`);

    const calm = await generator.run({ port, requests, seconds: 1, rate: perSecond / 10, connectionsMax: 4 });
    assert.deepEqual(Object.keys(calm.byStatus), ['200']);
    const metrics = await (await fetch(`${berth.url}/berth/metrics`)).text();
    assert.equal(sampleIn(metrics, 'berth_http_requests_waiting'), 0);
    assert.equal(refusals(metrics), flood.byStatus['503']?.count);
    const labels = 'route="/allocation_candidates",method="GET",microversion="-",status="503"';
    assert.equal(sampleIn(metrics, `berth_http_requests_total{${labels}}`), flood.byStatus['503']?.count);
    assert.ok(berth.output.some((line) => line.includes('overloaded: requests are refused')));
    const lines = berth.output.filter((line) => line.includes('"status":503'));
    assert.equal(lines.length, 0, 'a refusal has no line of its own');
  } finally {
    await generator.stop();
    await berth.stop();
    folder.remove();
  }
});

async function makeProviders(url: string): Promise<void> {
  const headers = { ...HEADERS, 'content-type': 'application/json' };
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const { status } = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    assert.equal(status, 200);
  };
  for (let index = 0; index < PROVIDERS; index++) {
    const uuid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    await send('POST', '/resource_providers', { uuid, name: uuid });
    const inventories = { VCPU: { total: 64 }, MEMORY_MB: { total: 65_536 } };
    await send('PUT', `/resource_providers/${uuid}/inventories`, { resource_provider_generation: 0, inventories });
  }
}

function refusals(metrics: string): number {
  const names = ['waiting_requests_max', 'waiting_time_max', 'overload_delay'];
  return names.reduce((sum, name) => sum + (sampleIn(metrics, `berth_limit_refusals_total{limit="${name}"}`) ?? 0), 0);
}

function memoryKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
