// The benchmark's load generator: it sees where answers end, opens connections anew, gives up, and counts a wait from the
// moment at which a request was due.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type LoadGenerator, startLoadGenerator } from '../../bench/load/generator.ts';
import type { Load } from '../../bench/load/load.ts';
import { requestText } from '../../bench/load/request-text.ts';

const holder: { generator?: LoadGenerator } = {};
before(() => {
  holder.generator = startLoadGenerator();
});
after(() => holder.generator?.stop());

async function run(listener: RequestListener, load: Partial<Load>) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await holder.generator?.run({
      ...{ port, turn: 'request', requests: [requestText('GET', '/')], rate: null, clients: 2, seconds: 10 },
      ...{ timeoutMs: 5_000, turnsMax: 20, ...load },
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the end of an answer is seen', () => {
  const body = 'x'.repeat(100_000);

  test('by its length', async () => {
    const result = await run((_, response) => response.setHeader('content-length', body.length).end(body), {});

    assert.deepEqual([result?.done, result?.byStatus, result?.answerBytes], [20, { 200: 20 }, body.length]);
  });

  test('by its last chunk', async () => {
    const result = await run((_, response) => {
      response.write(body);
      setImmediate(() => response.end(body));
    }, {});

    assert.deepEqual([result?.done, result?.byStatus], [20, { 200: 20 }]);
  });

  test('and a server that closes the connection behind it is connected to anew', async () => {
    const result = await run((_, response) => response.setHeader('connection', 'close').end(body), {});

    assert.deepEqual([result?.done, result?.byStatus], [20, { 200: 20 }]);
  });
});

test('a refusal is no turn that ended well', async () => {
  const result = await run((_, response) => response.writeHead(409).end(), {});

  assert.deepEqual([result?.done, result?.byStatus], [0, { 409: 20 }]);
});

test('an answer that does not come is given up, and one that breaks off is broken', async () => {
  const silent = await run(() => {}, { timeoutMs: 50, turnsMax: 2 });
  const broken = await run((request) => request.socket.destroy(), { turnsMax: 2 });

  assert.deepEqual([silent?.byStatus, broken?.byStatus], [{ timeout: 2 }, { broken: 2 }]);
});

test('each request has a UUID of its own, and as many bytes as it says', async () => {
  const bodies = new Set<string>();
  const listener: RequestListener = (request, response) => {
    request.on('data', (chunk) => bodies.add(String(chunk)));
    request.once('end', () => response.end());
  };
  const result = await run(listener, { requests: [requestText('PUT', '/{uuid}', { consumer: '{uuid}' })] });

  assert.equal(result?.done, 20);
  assert.equal(bodies.size, 20);
  for (const body of bodies) assert.match(body, /^\{"consumer":"[0-9a-f-]{36}"\}$/);
});

test('in an open loop what could not be sent in time has waited since it was due', async () => {
  // One connection, and an answer takes ten times as long as the next request is due after: the 20th has waited for long.
  const result = await run((_, response) => setTimeout(() => response.end(), 50), {
    ...{ rate: 200, clients: 1, seconds: 0.1, turnsMax: 1_000 },
  });

  assert.equal(result?.done, 20);
  assert.ok((result?.maxMs ?? 0) >= 20 * 50 - 100);
});

test('a whole placement is a search, a claim of one of the candidates, and later a deletion of every second', async () => {
  const claimed = new Map<string, unknown>();
  const candidates = JSON.stringify({ allocation_requests: [{ allocations: { host: { resources: { VCPU: 1 } } } }] });
  const result = await run(
    (request, response) => {
      if (request.method === 'GET') response.end(candidates);
      else if (request.method === 'DELETE') response.writeHead(claimed.delete(request.url ?? '') ? 204 : 404).end();
      else {
        const chunks: Buffer[] = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.once('end', () => {
          claimed.set(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString('utf8')).allocations);
          response.writeHead(204).end();
        });
      }
    },
    { turn: 'placement', clients: 1, turnsMax: 100 },
  );

  assert.equal(result?.done, 100);
  assert.deepEqual(result?.byStatus, { 'search 200': 100, 'claim 204': 100, 'delete 204': 30 });
  assert.equal(claimed.size, 70);
  assert.deepEqual([...claimed.values()][0], { host: { resources: { VCPU: 1 } } });
});
