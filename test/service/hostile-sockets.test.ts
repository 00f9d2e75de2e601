// Clients that break the rules against the whole service: each gets a refusal or a closed connection, a well-behaved
// client is served all the while, the process lives, its records are whole and its memory comes back.
//
// BERTH_SHOW=1 prints what was sent and what came back.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../support/berth-process.ts';
import {
  type BoundedService,
  type Bytes,
  dribble,
  exchange,
  HEAD,
  type Outcome,
  requestFor,
  requestWith,
  startBounded,
  statusesIn,
} from '../support/hostile-clients.ts';
import { assertClean } from '../support/world.ts';

const BOUNDS = { request_timeout: 2, body_bytes_max: 2 * 1024 * 1024 };
/** So that a list of them is an answer of about a megabyte. */
const PROVIDERS = 1200;
/** How much more memory the service may have after hostile clients than at work before them. */
const MEMORY_FACTOR = 2.5;
const JSON_HEAD = `${HEAD}content-type: application/json\r\n`;
const VICTIM = randomUUID();
const NAME = (name: string) => JSON.stringify({ name, uuid: randomUUID() });

interface Case {
  readonly name: string;
  readonly bytes: () => Iterable<Bytes> | AsyncIterable<Bytes>;
  /** Of the answers in order; empty: the connection is closed without one. */
  readonly statuses: readonly number[];
  readonly thenEnd?: boolean;
}

const post = (head: string, ...parts: readonly string[]) => [
  `POST /resource_providers HTTP/1.1\r\n${JSON_HEAD}${head}`,
  ...parts,
];
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const smuggled = `DELETE /resource_providers/${VICTIM} HTTP/1.1\r\n${HEAD}\r\n`;

const CASES: readonly Case[] = [
  { name: 'a head that comes byte by byte', bytes: () => dribble(requestFor('/traits'), 100), statuses: [408] },
  { name: 'a head that stops', bytes: () => ['GET /traits HTTP/1.1\r\nx-half: '], statuses: [408] },
  {
    name: 'a body that comes byte by byte',
    bytes: async function* () {
      yield* post('content-length: 500\r\n\r\n');
      yield* dribble(NAME('slow').padEnd(500), 100);
    },
    statuses: [408],
  },
  { name: 'a body that stops', bytes: () => post('content-length: 500\r\n\r\n', '{"name"'), statuses: [408] },
  {
    name: 'chunks that come byte by byte',
    bytes: async function* () {
      yield* post('transfer-encoding: chunked\r\n\r\n');
      yield* dribble('1\r\n \r\n'.repeat(100), 100);
    },
    statuses: [408],
  },
  {
    name: 'a whole body in a chunk of another size',
    bytes: () => post('transfer-encoding: chunked\r\n\r\n', `3\r\n${NAME('chunks')}\r\n0\r\n\r\n`),
    statuses: [400],
  },
  {
    name: 'a chunk size beyond all numbers',
    bytes: () => post('transfer-encoding: chunked\r\n\r\n', `${'f'.repeat(40)}\r\nx`),
    statuses: [400],
  },
  {
    name: 'a deletion smuggled behind a length and chunks',
    bytes: () =>
      post(`content-length: ${smuggled.length + 5}\r\ntransfer-encoding: chunked\r\n\r\n`, '0\r\n\r\n', smuggled),
    statuses: [400],
  },
  {
    name: 'a deletion smuggled behind two lengths',
    bytes: () => post(`content-length: 2\r\ncontent-length: ${smuggled.length + 2}\r\n\r\n`, '{}', smuggled),
    statuses: [400],
  },
  { name: 'NUL in the path', bytes: () => [requestFor('/resource_providers/%00')], statuses: [404] },
  { name: 'broken UTF-8 in the path', bytes: () => [requestFor('/allocations/%ff%fe')], statuses: [404] },
  { name: 'a raw byte in the path', bytes: () => [requestFor('/traits/\xff')], statuses: [400] },
  { name: 'broken UTF-8 in the query', bytes: () => [requestFor('/resource_providers?name=%ff')], statuses: [400] },
  {
    name: 'half a percent sequence in the query',
    bytes: () => [requestFor('/resource_providers?name=%f')],
    statuses: [200],
  },
  { name: 'NUL in a project', bytes: () => [requestFor('/usages?project_id=%00')], statuses: [400] },
  { name: 'NUL in a name', bytes: () => [requestWith('POST /resource_providers', NAME('a\0b'))], statuses: [400] },
  {
    name: 'a raw NUL in the body',
    bytes: () => [requestWith('POST /resource_providers', '{"name":"a\0b"}')],
    statuses: [400],
  },
  {
    name: 'broken UTF-8 in the body',
    bytes: () => [requestWith('POST /resource_providers', '{"name":"\xff"}')],
    statuses: [400],
  },
  {
    name: 'half a character in a name',
    bytes: () => [requestWith('POST /resource_providers', '{"name":"\\ud800"}')],
    statuses: [400],
  },
  {
    name: 'a body announced too long',
    bytes: () => post('content-length: 9999999999\r\nconnection: close\r\n\r\n', '{'),
    statuses: [413],
  },
  {
    name: 'a body too long, all of it sent',
    bytes: () => [requestWith('POST /reshaper', Buffer.alloc(4 * 1024 * 1024, ' '))],
    statuses: [413],
  },
  {
    name: 'chunks without end',
    bytes: function* () {
      yield* [`POST /reshaper HTTP/1.1\r\n${JSON_HEAD}transfer-encoding: chunked\r\n\r\n`];
      for (let sent = 0; sent < 64; sent += 1) yield `100000\r\n${' '.repeat(0x100000)}\r\n`;
    },
    statuses: [413],
  },
  ...[
    'POST /resource_providers',
    'POST /allocations',
    'POST /reshaper',
    `PUT /resource_providers/${VICTIM}/traits`,
  ].flatMap((line): Case[] => [
    {
      name: `arrays 100,000 deep to ${line}`,
      bytes: () => [requestWith(line, deep('[', ']', 100_000))],
      statuses: [400],
    },
    {
      name: `objects 100,000 deep to ${line}`,
      bytes: () => [requestWith(line, deep('{"a":', '}', 100_000).replace(':}', ':1}'))],
      statuses: [400],
    },
    {
      name: `__proto__ to ${line}`,
      bytes: () => [requestWith(line, '{"__proto__":{"name":"x"},"constructor":{}}')],
      statuses: [400],
    },
  ]),
  {
    name: 'as many brackets as a body may have',
    bytes: () => [requestWith('POST /reshaper', deep('[', ']', 1024 * 1024 - 200))],
    statuses: [400],
  },
  {
    name: '__proto__ in the query',
    bytes: () => [requestFor('/resource_providers?__proto__=1&constructor=2')],
    statuses: [400],
  },
  {
    name: 'a path named __proto__',
    bytes: () => [requestFor('/resource_providers/__proto__/inventories/constructor')],
    statuses: [404],
  },
  {
    name: '100,000 query parameters',
    bytes: () => [requestFor(`/resource_providers?${'a&'.repeat(100_000)}`)],
    statuses: [431],
  },
  {
    name: '20,000 query parameters',
    bytes: () => [requestFor(`/resource_providers?${'a&'.repeat(20_000)}`)],
    statuses: [400],
  },
  {
    name: '10,000 headers',
    bytes: () => [`GET /traits HTTP/1.1\r\n${HEAD}${'x-many: 1\r\n'.repeat(10_000)}\r\n`],
    statuses: [431],
  },
  {
    name: 'a header of a megabyte',
    bytes: () => [`GET /traits HTTP/1.1\r\n${HEAD}x: ${'a'.repeat(1_000_000)}\r\n\r\n`],
    statuses: [431],
  },
  {
    name: 'a request, and the end of the sending side',
    bytes: () => [`GET /traits HTTP/1.1\r\n${HEAD}\r\n`],
    thenEnd: true,
    statuses: [200],
  },
  {
    name: 'half a body, and the end of the sending side',
    bytes: () => post('content-length: 100\r\n\r\n', '{"na'),
    thenEnd: true,
    statuses: [400],
  },
];

describe('a service among hostile clients', () => {
  const folder = temporaryFolder();
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const table: string[] = [];
  let service: BoundedService;
  let neighbour: { stop(): Promise<{ readonly served: number; readonly longestMs: number }> };
  let restMb = 0;

  before(async () => {
    service = await startBounded(folder.path, BOUNDS);
    await call('POST', '/resource_providers', { uuid: VICTIM, name: VICTIM });
    for (let made = 0; made < PROVIDERS; made += 16) {
      const some = Array.from({ length: 16 }, (_, index) => ({ name: `provider ${made + index}`.padEnd(180, '.') }));
      await Promise.all(some.map((body) => call('POST', '/resource_providers', body)));
    }
    // What a working service needs is not held against its guests.
    for (let round = 0; round < 40; round += 1) await call('GET', '/resource_providers');
    restMb = service.residentMb();
    neighbour = behaveWell();
  });
  afterEach(({ name }) => {
    table.push(`${`memory after: ${name}`.padEnd(70)} ${service.residentMb().toFixed(0)} MB`);
  });
  after(async () => {
    agent.destroy();
    assert.equal(await service.stop(), 0);
    await assertClean(service.databasePath);
    folder.remove();
  });

  async function call(method: string, path: string, body?: object): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const headers = {
      'x-auth-token': 'admin',
      'openstack-api-version': 'placement 1.39',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const sent = httpRequest({ port: service.port, host: '127.0.0.1', method, path, agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  /** A client that asks again and again, and fails the test when it is not served. */
  function behaveWell(): typeof neighbour {
    let isOver = false;
    let served = 0;
    let longestMs = 0;
    const asking = (async () => {
      while (!isOver) {
        const from = performance.now();
        assert.equal(await call('GET', `/resource_providers/${VICTIM}`), 200);
        longestMs = Math.max(longestMs, performance.now() - from);
        served += 1;
        await delay(10);
      }
    })();
    // Told of by `stop`.
    asking.catch(() => {});
    return {
      stop: async () => {
        isOver = true;
        await asking;
        return { served, longestMs };
      },
    };
  }

  function show(name: string, { statuses, isClosed }: Pick<Outcome, 'statuses' | 'isClosed'>): void {
    const counts = new Map<number, number>();
    for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
    const answers = [...counts]
      .map(([status, count]) => (count === 1 ? `${status}` : `${count} × ${status}`))
      .join(', ');
    table.push(`${name.padEnd(70)} ${answers || 'no answer'}${isClosed ? ', closed' : ''}`);
  }

  test('each is refused', async () => {
    // The slow ones take seconds; side by side they also show that they do not hold up each other.
    await Promise.all(
      CASES.map(async ({ name, bytes, statuses, thenEnd = false }) => {
        const outcome = await exchange(service.port, bytes(), { thenEnd });
        show(name, outcome);
        assert.deepEqual(outcome.statuses, statuses, `${name}: ${outcome.text.slice(0, 500)}`);
        assert.ok(outcome.isClosed, `${name}: still open`);
      }),
    );
    assert.equal(await call('GET', `/resource_providers/${VICTIM}`), 200);
  });

  test('many at a time are refused as well', async () => {
    const slow = Array.from({ length: 200 }, () => exchange(service.port, dribble(requestFor('/traits'), 200)));
    const flat = `[${'[],'.repeat(650_000)}[]]`;
    const large = Array.from({ length: 20 }, () => exchange(service.port, [requestWith('POST /reshaper', flat)]));
    for (const outcome of await Promise.all(slow))
      assert.deepEqual([outcome.statuses, outcome.isClosed], [[408], true]);
    const outcomes = await Promise.all(large);
    // Parsing them all takes longer than the time-out, so some bodies count as not arrived in time.
    for (const outcome of outcomes)
      assert.ok([400, 408].includes(outcome.statuses[0] ?? 0), outcome.text.slice(0, 500));
    show('200 heads that come byte by byte', { statuses: Array(200).fill(408), isClosed: true });
    show('20 × as many arrays as a body may have', {
      statuses: outcomes.flatMap((one) => one.statuses),
      isClosed: true,
    });
  });

  test('requests in a pipeline are answered in order', async () => {
    const targets = ['/resource_classes', '/nothing', '/resource_providers?bad=1', '/allocations/x'];
    const requests = Array.from({ length: 1000 }, (_, index) => `GET ${targets[index % 4]} HTTP/1.1\r\n${HEAD}\r\n`);
    const outcome = await exchange(service.port, [...requests, requestFor('/')]);
    show('1,000 requests in a pipeline', outcome);
    const expected = requests.map((_, index) => [200, 404, 400, 200][index % 4]);
    assert.deepEqual(outcome.statuses, [...expected, 200]);
  });

  test('500 connections at once are served, and 500 idle ones do not keep others out', async () => {
    const busy = await Promise.all(
      Array.from({ length: 500 }, () => exchange(service.port, [requestFor('/usages?project_id=p')])),
    );
    show('500 connections at once', { statuses: busy.flatMap((one) => one.statuses), isClosed: true });
    for (const outcome of busy) assert.deepEqual(outcome.statuses, [200]);
    const idle = Array.from({ length: 500 }, () => exchange(service.port, []));
    assert.equal(await call('GET', '/traits'), 200);
    const outcomes = await Promise.all(idle);
    show('500 connections that say nothing', {
      statuses: outcomes.flatMap((one) => one.statuses),
      isClosed: outcomes.every((one) => one.isClosed),
    });
    for (const outcome of outcomes) assert.ok(outcome.isClosed, 'an idle connection was kept');
  });

  test('clients that never read their large answers are cut off', async () => {
    const sockets: Socket[] = [];
    const closings: Promise<unknown>[] = [];
    for (let index = 0; index < 30; index += 1) {
      const socket = connect(service.port, '127.0.0.1');
      socket.on('error', () => {});
      closings.push(new Promise((resolve) => socket.on('close', resolve)));
      socket.pause();
      socket.write(`GET /resource_providers HTTP/1.1\r\n${HEAD}\r\n`.repeat(20));
      sockets.push(socket);
    }
    await delay(12_000);
    // A closed connection shows only to those who read.
    const texts = sockets.map((socket) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.resume();
      return () => text;
    });
    const isClosed = await Promise.race([Promise.all(closings).then(() => true), delay(5000, false)]);
    show('30 clients that read nothing', { statuses: texts.flatMap((text) => statusesIn(text())), isClosed });
    for (const socket of sockets) socket.destroy();
    assert.ok(isClosed, 'a connection whose answers nobody reads was kept');
  });

  test('the neighbour was served, the process lives, the memory came back', async (t) => {
    const { served, longestMs } = await neighbour.stop();
    assert.ok(service.isRunning());
    assert.ok(served > 0);
    const lastMb = await settledMb();
    table.push(`${'a client that behaves'.padEnd(70)} ${served} × 200, longest ${longestMs.toFixed(0)} ms`);
    table.push(`${'resident memory before and after'.padEnd(70)} ${restMb.toFixed(0)} MB, ${lastMb.toFixed(0)} MB`);
    if (process.env.BERTH_SHOW === '1') for (const line of table) t.diagnostic(line);
    assert.ok(lastMb < restMb * MEMORY_FACTOR, `${restMb} MB became ${lastMb} MB`);
  });

  /** Resident memory once it is low enough, or after half a minute: V8 gives pages back only when there is little to do. */
  async function settledMb(): Promise<number> {
    for (let second = 0; second < 30 && service.residentMb() >= restMb * MEMORY_FACTOR; second += 1) {
      await call('GET', '/resource_providers');
      await delay(1000);
    }
    return service.residentMb();
  }
});
