// [berth]: where the service listens, what it tells of itself, and how much it lets in.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ConfiguredService, folderFor, startConfigured } from '../support/configured-service.ts';
import { freePort } from '../support/databases/free-port.ts';
import { errorDetail, expectStatus, makeProvider } from '../support/world.ts';
import { sampleIn } from '../telemetry/metrics-service.ts';
import { certificate } from './certificate.ts';
import type { Effect } from './effect.ts';

const berth = (t: TestContext, lines: string, folder?: string) =>
  startConfigured(t, `[berth]\n${lines}`, folder ?? folderFor(t));

/** Status of GET / by whatever way the options say. */
async function getRoot(request: typeof plainRequest, options: RequestOptions): Promise<number | undefined> {
  const sent = request({ path: '/', agent: false, ...options });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

async function metric({ client }: ConfiguredService, name: string): Promise<number | undefined> {
  return sampleIn(String((await client.get('/berth/metrics')).body), name);
}

/** A request that the service works on for as long as its body does not come. */
async function occupy(t: TestContext, { address }: ConfiguredService): Promise<Socket> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(
    'POST /resource_providers HTTP/1.1\r\nhost: h\r\nx-auth-token: admin\r\ncontent-type: application/json\r\n' +
      'content-length: 10\r\nexpect: 100-continue\r\n\r\n',
  );
  // It asks for the body: it has begun.
  await once(socket, 'data');
  return socket;
}

const elsewhere = (option: string, shows: string, file: string, title: string): Effect => ({
  options: [`[berth] ${option}`],
  shows,
  proof: { file, title },
});

const listening: readonly Effect[] = [
  {
    options: ['[berth] host', '[berth] port'],
    shows: 'the address that the service listens on',
    proof: async (t) => {
      const port = await freePort();
      const { address, client } = await berth(t, `host = 127.0.0.2\nport = ${port}`);
      assert.equal(address, `http://127.0.0.2:${port}`);
      expectStatus(await client.get('/'), 200);
    },
  },
  {
    options: ['[berth] socket', '[berth] socket_mode'],
    shows: 'the socket that the service listens on, and who may use it',
    proof: async (t) => {
      const folder = folderFor(t);
      const socketPath = join(folder, 'own.sock');
      await berth(t, `socket = ${socketPath}\nsocket_mode = 0606`, folder);
      assert.equal(statSync(socketPath).mode & 0o777, 0o606);
      assert.equal(await getRoot(plainRequest, { socketPath }), 200);
    },
  },
  {
    options: ['[berth] tls_certificate', '[berth] tls_key'],
    shows: 'the service speaks HTTPS with that certificate',
    proof: async (t) => {
      const folder = folderFor(t);
      const { certificateFile, keyFile, cert } = certificate(folder, 'berth');
      const { address } = await berth(t, `tls_certificate = ${certificateFile}\ntls_key = ${keyFile}`, folder);
      const { port } = new URL(address);
      assert.equal(await getRoot(tlsRequest, { host: '127.0.0.1', port, ca: cert }), 200);
    },
  },
  {
    options: ['[berth] mount_prefix'],
    shows: 'all paths begin with it',
    proof: async (t) => {
      const { ask } = await berth(t, 'mount_prefix = /placement');
      const statuses = [(await ask('GET', '/placement/traits')).status, (await ask('GET', '/traits')).status];
      assert.deepEqual(statuses, [200, 404]);
    },
  },
  elsewhere(
    'allow_remote_noauth',
    'a service without authentication listens where others reach it, or refuses to',
    'test/cli/serve.test.ts',
    'listens there when it is told so in so many words',
  ),
  elsewhere('workers', 'so many processes answer', 'test/telemetry/worker-metrics.test.ts', 'several workers'),
];

const telling: readonly Effect[] = [
  {
    options: ['[berth] log_identifiers', '[berth] log_identifiers_key'],
    shows: 'the line of a request names its consumer, as a hash by that key or as it is, or not at all',
    proof: async (t) => {
      const consumer = randomUUID();
      const key = 'a key of more than sixteen characters';
      for (const [lines, expected] of [
        ['', undefined],
        ['log_identifiers = plain', consumer],
        [
          `log_identifiers = hashed\nlog_identifiers_key = ${key}`,
          createHmac('sha256', key).update(consumer).digest('hex'),
        ],
      ] as const) {
        const { client, log } = await berth(t, lines);
        await client.get(`/allocations/${consumer}`);
        assert.equal(JSON.parse(log.find((line) => line.includes('"msg":"request"')) ?? '{}').consumer, expected);
      }
    },
  },
  {
    options: ['[berth] metrics'],
    shows: 'metrics are there, or are not',
    proof: async (t) => {
      const status = async (value: string) =>
        (await (await berth(t, `metrics = ${value}`)).ask('GET', '/berth/metrics')).status;
      assert.deepEqual([await status('true'), await status('false')], [200, 404]);
    },
  },
  {
    options: ['[berth] model_audit_interval'],
    shows: 'the model is compared with the database that often, or never',
    proof: async (t) => {
      const compared = 'berth_model_audit_compared_total';
      const often = await berth(t, 'model_audit_interval = 1');
      const never = await berth(t, 'model_audit_interval = 0');
      for (const { client } of [often, never]) await makeProvider(client);
      while (((await metric(often, compared)) ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(await metric(never, compared), 0);
    },
  },
];

const limits: readonly Effect[] = [
  ...(
    [
      ['body_bytes_max', 'a longer body is 413'],
      ['url_bytes_max', 'a longer URL is 414'],
      ['header_bytes_max', 'longer headers are 431'],
      ['query_parameters_max', 'more parameters are 400'],
      ['json_depth_max', 'a deeper body is 400'],
      ['request_groups_max', 'more groups are 400'],
      ['candidates_max', 'more candidates are 400'],
      ['search_steps_max', 'a longer search is 503'],
    ] as const
  ).map(([option, shows]) => elsewhere(option, shows, 'test/limits/limits.test.ts', `limit: '${option}'`)),
  elsewhere(
    'unsent_bytes_max',
    'more answers that clients have yet to read are 503',
    'test/limits/limits.test.ts',
    'answers that clients have yet to read are bounded together',
  ),
  elsewhere('connections_max', 'more connections are closed', 'test/limits/limits.test.ts', 'connections beyond'),
  elsewhere(
    'overload_delay',
    'waiting longer for a while makes the line short',
    'test/limits/overload.test.ts',
    'an overload',
  ),
  {
    options: ['[berth] concurrent_requests_max', '[berth] waiting_requests_max', '[berth] waiting_time_max'],
    shows: 'so many requests at a time; further ones wait, so many and so long, and then are 503',
    proof: async (t) => {
      for (const [lines, limit] of [
        ['waiting_requests_max = 0', 'waiting_requests_max'],
        ['waiting_time_max = 0.05', 'waiting_time_max'],
      ] as const) {
        const service = await berth(t, `concurrent_requests_max = 2\n${lines}`);
        const first = await occupy(t, service);
        expectStatus(await service.client.get('/traits'), 200);
        const second = await occupy(t, service);
        const reply = expectStatus(await service.client.get('/traits'), 503);
        assert.ok(errorDetail(reply).includes(`[berth] ${limit}`), errorDetail(reply));
        assert.equal(reply.headers['retry-after'], '1');
        assert.equal(await metric(service, `berth_limit_refusals_total{limit="${limit}"}`), 1);
        for (const socket of [first, second]) socket.destroy();
      }
    },
  },
  {
    options: ['[berth] request_timeout'],
    shows: 'a request that does not arrive in time is 408',
    proof: async (t) => {
      const service = await berth(t, 'request_timeout = 1');
      const socket = await occupy(t, service);
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), /^HTTP\/1\.1 408 .*setting \[berth\] request_timeout/s);
      assert.equal(await metric(service, 'berth_limit_refusals_total{limit="request_timeout"}'), 1);
    },
  },
];

export const berthEffects: readonly Effect[] = [...listening, ...telling, ...limits];
