// What answers carry besides their body: version document, request ids, times, no content type without content
// (http-api §1.9, §1.13, §1.14, §1.16, §1.18).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationAnswer } from '../../src/http/operation.ts';
import { onlyError, startServer } from './test-server.ts';

const LOCAL_ID = /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const GLOBAL_ID = 'req-01234567-89ab-cdef-0123-456789abcdef';

function at(minor: number): { headers: Record<string, string> } {
  return { headers: { 'openstack-api-version': `placement 1.${minor}` } };
}

test('the version document is the same for everyone, and fresh from 1.15', async (t) => {
  const server = await startServer(t);
  const expected = {
    versions: [
      {
        id: 'v1.0',
        max_version: '1.39',
        min_version: '1.0',
        status: 'CURRENT',
        links: [{ rel: 'self', href: '' }],
      },
    ],
  };
  for (const path of ['/', '/?limit=marker', 'http://berth.example']) {
    const reply = await server.send('GET', path, { headers: { 'x-auth-token': '' } });
    assert.deepEqual([reply.status, JSON.parse(reply.text)], [200, expected]);
    assert.equal(reply.headers['content-type'], 'application/json');
  }
  const old = await server.send('GET', '/', at(14));
  assert.deepEqual([old.headers['last-modified'], old.headers['cache-control']], [undefined, undefined]);
  const fresh = await server.send('GET', '/', at(15));
  assert.match(String(fresh.headers['last-modified']), /^\w+, \d+ \w+ \d{4} [\d:]+ GMT$/);
  assert.equal(fresh.headers['cache-control'], 'no-cache');
});

test('every answer has an id of its own; one from the client is logged and not echoed', async (t) => {
  const server = await startServer(t);
  const headers = { 'x-openstack-request-id': GLOBAL_ID };
  const ids = [];
  for (const reply of [
    await server.send('GET', '/', { headers }),
    await server.send('GET', '/nowhere', { headers }),
    await server.send('GET', '/traits', { headers: { ...headers, 'x-auth-token': '' } }),
    await server.send('GET', '/', { headers: { 'x-openstack-request-id': `${GLOBAL_ID}x` } }),
    await server.send('GET', '/', { headers: { 'x-openstack-request-id': GLOBAL_ID.toUpperCase() } }),
  ]) {
    assert.match(String(reply.headers['x-openstack-request-id']), LOCAL_ID);
    ids.push(reply.headers['x-openstack-request-id']);
  }
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    server.log.map((line) => [line.requestId, line.globalRequestId]),
    ids.map((id, index) => [id, index < 3 ? GLOBAL_ID : '-']),
  );
});

test('the time of the last change is told from 1.15, with no-cache, and never by errors', async (t) => {
  const lastModified = new Date('2026-11-20T20:36:31.999Z');
  const server = await startServer(t, {
    answers: { 'GET /resource_providers': async () => ({ status: 200, body: {}, lastModified }) },
  });
  const before = await server.send('GET', '/resource_providers', at(14));
  assert.deepEqual([before.headers['last-modified'], before.headers['cache-control']], [undefined, undefined]);
  const from = await server.send('GET', '/resource_providers', at(15));
  assert.equal(from.headers['last-modified'], 'Fri, 20 Nov 2026 20:36:31 GMT');
  assert.equal(from.headers['cache-control'], 'no-cache');
  const without = await server.send('GET', '/resource_providers/a', at(15));
  assert.deepEqual([without.headers['last-modified'], without.headers['cache-control']], [undefined, undefined]);
  const error = await server.send('GET', '/nowhere', at(15));
  assert.deepEqual([error.headers['last-modified'], error.headers['cache-control']], [undefined, undefined]);
});

test('an answer without a body has no content type', async (t) => {
  const answers: Record<string, () => Promise<OperationAnswer>> = {
    'DELETE /resource_providers/{uuid}': async () => ({ status: 204 }),
    'GET /traits/{name}': async () => ({ status: 204, lastModified: new Date() }),
    'PUT /traits/{name}': async () => ({ status: 201, location: '/traits/CUSTOM_A' }),
  };
  const server = await startServer(t, { answers });
  for (const [method, path] of [
    ['DELETE', '/resource_providers/a'],
    ['GET', '/traits/CUSTOM_A'],
    ['PUT', '/traits/CUSTOM_A'],
  ] as const) {
    const reply = await server.send(method, path, at(39));
    assert.deepEqual([reply.headers['content-type'], reply.text], [undefined, '']);
    assert.ok([undefined, '0'].includes(reply.headers['content-length']));
  }
});

test('a body is exactly application/json, and text is sent as it is', async (t) => {
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async () => ({ status: 200, body: '{"a" : "☃"}' }),
      'GET /resource_providers/{uuid}': async () => ({ status: 200, body: { a: '☃' } }),
    },
  });
  const text = await server.send('GET', '/resource_providers');
  assert.deepEqual([text.headers['content-type'], text.text], ['application/json', '{"a" : "☃"}']);
  const value = await server.send('GET', '/resource_providers/a');
  assert.deepEqual([value.headers['content-type'], value.text], ['application/json', '{"a":"☃"}']);
});

test('paths are decoded before they are split, queries as forms', async (t) => {
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async (request) => ({ status: 200, body: request.query() }),
      'GET /resource_providers/{uuid}': async (request) => ({ status: 200, body: [request.parameter('uuid')] }),
    },
  });
  assert.equal((await server.send('GET', '/resource%5Fproviders')).status, 200);
  assert.equal((await server.send('GET', '/resource_providers/a%2Fb')).status, 404);
  const snowman = await server.send('GET', '/resource_providers/%e2%98%83');
  assert.deepEqual(JSON.parse(snowman.text), ['☃']);
  for (const path of ['/resource_providers/%ff', '/resource_providers/a%00b', '/resource_providers/%ed%a0%80']) {
    assert.equal((await server.send('GET', path)).status, 404, path);
  }
  const query = await server.send('GET', '/resource_providers?&b=1+2&&__proto__=%E2%98%83&b&a=%2B%zz&');
  assert.deepEqual(JSON.parse(query.text), [
    ['b', '1 2'],
    ['__proto__', '☃'],
    ['b', ''],
    ['a', '+%zz'],
  ]);
  const invalid = await server.send('GET', '/resource_providers?a=%ff');
  assert.equal(invalid.status, 400);
  assert.match(String(onlyError(invalid).detail), /Invalid query string parameters/);
  assert.equal((await server.send('GET', '/resource_providers/a?a=%ff')).status, 200);
});
