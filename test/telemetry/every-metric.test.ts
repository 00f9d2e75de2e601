// Each metric of Berth's own tells of what it is about: it is brought about, and the number is looked at. A metric that is
// added without a story fails here.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { throughPort } from '../faults/fault-service.ts';
import { COMMIT } from '../faults/packets.ts';
import { type ConfiguredService, folderFor, startConfigured } from '../support/configured-service.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import { sharedServer } from '../support/databases/shared-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { claim, expectStatus, makeProvider } from '../support/world.ts';
import { sampleIn } from './metrics-service.ts';

const skipPostgresql = skipWithout('postgresql');

async function textOf({ client }: ConfiguredService): Promise<string> {
  return String((await client.get('/berth/metrics')).body);
}

/** Waits until a sample is what it should be. */
async function reaches(
  service: ConfiguredService,
  sample: string,
  fits: (value: number) => boolean = (value) => value > 0,
): Promise<void> {
  for (;;) {
    const value = sampleIn(await textOf(service), sample);
    if (value !== undefined && fits(value)) return;
    await pause(20);
  }
}

async function onPostgresql(t: TestContext, lines: string, port?: number) {
  const server = await sharedServer('postgresql');
  const database = await server.createDatabase();
  const url = server.url(database);
  const connection = port === undefined ? url : throughPort(url, port);
  const service = await startConfigured(t, `[placement_database]\nconnection = ${connection}\n${lines}`);
  return { service, server, database };
}

interface Story {
  readonly metrics: readonly string[];
  readonly skip?: string | false;
  readonly tell: (t: TestContext) => Promise<void>;
}

const STORIES: readonly Story[] = [
  {
    metrics: ['berth_build_info', 'berth_workers', 'berth_http_concurrency', 'berth_write_lanes'],
    tell: async (t) => {
      const text = await textOf(await startConfigured(t, '[berth]\nconcurrent_requests_max = 7'));
      assert.match(text, /^berth_build_info\{version="[\d.]+",node="[\d.]+"\} 1$/m);
      assert.equal(sampleIn(text, 'berth_workers'), 1);
      assert.equal(sampleIn(text, 'berth_http_concurrency'), 7);
      assert.equal(sampleIn(text, 'berth_write_lanes'), 1);
    },
  },
  {
    metrics: [
      'berth_http_requests_total',
      'berth_http_request_duration_seconds',
      'berth_errors_total',
      'berth_policy_denials_total',
      'berth_identification_duration_seconds',
      'berth_limit_refusals_total',
    ],
    tell: async (t) => {
      const service = await startConfigured(t, '[berth]\nquery_parameters_max = 10');
      expectStatus(await service.client.send('GET', '/traits', { headers: { 'x-roles': 'x' } }), 403);
      expectStatus(await service.client.get(`/resource_providers?${'required=X&'.repeat(11)}`), 400);
      const text = await textOf(service);
      const labels = 'route="/traits",method="GET"';
      assert.equal(sampleIn(text, `berth_http_requests_total{${labels},microversion="1.39",status="403"}`), 1);
      assert.equal(sampleIn(text, `berth_http_request_duration_seconds_count{${labels},status_class="4xx"}`), 1);
      assert.equal(sampleIn(text, 'berth_errors_total{kind="http.policy_forbids"}'), 1);
      assert.equal(sampleIn(text, 'berth_policy_denials_total{rule="placement:traits:list"}'), 1);
      assert.equal(sampleIn(text, 'berth_identification_duration_seconds_count{result="caller"}'), 2);
      assert.equal(sampleIn(text, 'berth_limit_refusals_total{limit="query_parameters_max"}'), 1);
    },
  },
  {
    metrics: ['berth_candidate_search_duration_seconds', 'berth_candidate_search_steps', 'berth_candidates_returned'],
    tell: async (t) => {
      const service = await startConfigured(t, '');
      for (let index = 0; index < 3; index++) await makeProvider(service.client, { VCPU: 1 });
      expectStatus(await service.client.get('/allocation_candidates?resources=VCPU:1&limit=2'), 200);
      const text = await textOf(service);
      assert.equal(sampleIn(text, 'berth_candidate_search_duration_seconds_count{outcome="answered"}'), 1);
      assert.ok((sampleIn(text, 'berth_candidate_search_steps_sum') ?? 0) > 0);
      assert.equal(sampleIn(text, 'berth_candidates_returned_sum'), 2);
    },
  },
  {
    metrics: [
      'berth_model_providers',
      'berth_model_age_seconds',
      'berth_model_check_duration_seconds',
      'berth_model_providers_applied_total',
      'berth_write_commit_requests',
    ],
    tell: async (t) => {
      const service = await startConfigured(t, '');
      await makeProvider(service.client, { VCPU: 1 });
      expectStatus(await service.client.get('/resource_providers'), 200);
      const text = await textOf(service);
      assert.equal(sampleIn(text, 'berth_model_providers'), 1);
      assert.equal(sampleIn(text, 'berth_model_providers_applied_total'), 1);
      assert.equal(sampleIn(text, 'berth_model_check_duration_seconds_count{found="delta"}'), 1);
      assert.ok((sampleIn(text, 'berth_model_age_seconds') ?? -1) >= 0);
      // The standard names, the provider, its inventory.
      assert.equal(sampleIn(text, 'berth_write_commit_requests_count'), 3);
    },
  },
  {
    metrics: ['compared', 'differences', 'rounds', 'unhealed'].map((name) => `berth_model_audit_${name}_total`),
    tell: async (t) => {
      const folder = folderFor(t);
      const service = await startConfigured(t, '[berth]\nmodel_audit_interval = 1', folder);
      const uuid = await makeProvider(service.client, { VCPU: 1 });
      expectStatus(await service.client.get('/resource_providers'), 200);
      // Written past the service, and so in no feed.
      const database = new DatabaseSync(`${folder}/placement.sqlite`);
      database.prepare('UPDATE resource_providers SET name = ? WHERE uuid = ?').run('renamed', uuid);
      database.close();
      await reaches(service, 'berth_model_audit_differences_total');
      await reaches(service, 'berth_model_audit_compared_total');
      await reaches(service, 'berth_model_audit_rounds_total');
      assert.equal(sampleIn(await textOf(service), 'berth_model_audit_unhealed_total'), 0);
    },
  },
  {
    metrics: [
      'berth_writes_queued',
      'berth_write_attempts_failed_total',
      'berth_http_requests_under_way',
      'berth_http_connections',
    ],
    tell: async (t) => {
      const folder = folderFor(t);
      const service = await startConfigured(t, '', folder);
      const other = new DatabaseSync(`${folder}/placement.sqlite`);
      other.exec('BEGIN IMMEDIATE');
      const first = service.client.put('/traits/CUSTOM_FIRST');
      // SQLITE_BUSY
      await reaches(service, 'berth_write_attempts_failed_total{reason="run-again",error="5"}');
      const second = service.client.put('/traits/CUSTOM_SECOND');
      await reaches(service, 'berth_writes_queued');
      await reaches(service, 'berth_http_requests_under_way', (value) => value === 2);
      await reaches(service, 'berth_http_connections', (value) => value >= 2);
      other.exec('ROLLBACK');
      other.close();
      for (const reply of await Promise.all([first, second])) expectStatus(reply, 201);
      await reaches(service, 'berth_writes_queued', (value) => value === 0);
    },
  },
  {
    metrics: ['berth_http_requests_waiting', 'berth_read_connections', 'berth_reads_waiting'],
    skip: skipPostgresql,
    tell: async (t) => {
      const pool =
        'max_pool_size = 1\nmax_overflow = 0\n[berth]\nconcurrent_requests_max = 2\ndatabase_deadline = 60\n';
      const { service, server, database } = await onPostgresql(t, pool);
      const holder = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'postgres', database });
      await holder.connect();
      await holder.query('BEGIN; LOCK TABLE consumers, allocations IN ACCESS EXCLUSIVE MODE');
      const reads = Array.from({ length: 3 }, () => service.client.get(`/allocations/${randomUUID()}`));
      await reaches(service, 'berth_read_connections{state="busy"}', (value) => value === 1);
      await reaches(service, 'berth_reads_waiting', (value) => value === 1);
      await reaches(service, 'berth_http_requests_waiting', (value) => value === 1);
      await holder.end();
      for (const reply of await Promise.all(reads)) expectStatus(reply, 200);
      await reaches(service, 'berth_read_connections{state="idle"}', (value) => value === 1);
    },
  },
  {
    metrics: ['berth_write_outcomes_found_total'],
    skip: skipPostgresql,
    tell: async (t) => {
      const proxy = await startTcpProxy((await sharedServer('postgresql')).port);
      t.after(() => proxy.close());
      const { service } = await onPostgresql(t, '', proxy.port);
      const provider = await makeProvider(service.client, { VCPU: 8 });
      const lost = proxy.loseAnswerTo(COMMIT);
      expectStatus(await claim(service.client, { [provider]: { VCPU: 1 } }), 204);
      await lost;
      assert.equal(sampleIn(await textOf(service), 'berth_write_outcomes_found_total{committed="true"}'), 1);
      // The service ends its connections while there is a way to the database.
      await service.stop();
    },
  },
];

for (const { metrics, skip = false, tell } of STORIES) test(metrics.join(', '), { skip, timeout: 60_000 }, tell);

test('every metric has a story', async (t) => {
  const text = await textOf(await startConfigured(t, ''));
  const shown = [...text.matchAll(/^# TYPE (berth_\w+) /gm)].map(([, name]) => name);
  assert.deepEqual(shown.toSorted(), STORIES.flatMap(({ metrics }) => metrics).toSorted());
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes', 'process_open_fds']) {
    assert.ok(sampleIn(text, name) !== undefined, name);
  }
});
