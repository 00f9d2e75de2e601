// Which path and method reach which operation (http-api §1.2 to §1.5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRoutingTable } from '../../src/http/routing.ts';
import { onlyError, operations, ROWS, startServer } from './test-server.ts';

const LATEST = { 'openstack-api-version': 'placement latest' };

/** The table of §1.4, a path of each row at least. */
const ALLOW: readonly (readonly [path: string, allow: string])[] = [
  ['/', 'GET'],
  ['/resource_classes', 'GET, POST'],
  ['/resource_providers', 'GET, POST'],
  ['/resource_classes/CUSTOM_A', 'GET, PUT, DELETE'],
  ['/traits/CUSTOM_A', 'GET, PUT, DELETE'],
  ['/resource_providers/a/traits', 'GET, PUT, DELETE'],
  ['/resource_providers/a/inventories/VCPU', 'GET, PUT, DELETE'],
  ['/allocations/a', 'GET, PUT, DELETE'],
  ['/resource_providers/a', 'GET, DELETE, PUT'],
  ['/resource_providers/a/inventories', 'GET, POST, PUT, DELETE'],
  ['/resource_providers/a/aggregates', 'GET, PUT'],
  ['/resource_providers/a/usages', 'GET'],
  ['/resource_providers/a/allocations', 'GET'],
  ['/allocation_candidates', 'GET'],
  ['/traits', 'GET'],
  ['/usages', 'GET'],
  ['/allocations', 'POST'],
  ['/reshaper', 'POST'],
];

test('every operation is reached by its method and path at the version that has it', async (t) => {
  const server = await startServer(t);
  for (const { method, path, since } of ROWS) {
    const headers = { 'openstack-api-version': `placement 1.${since}`, 'content-type': 'application/json' };
    const reply = await server.send(method, path.replaceAll('{', '').replaceAll('}', ''), { headers });
    assert.equal(reply.status, 200, `${method} ${path}`);
    assert.deepEqual(JSON.parse(reply.text), { operation: `${method} ${path} since ${since}` });
  }
});

test('another method on a known path is 405 and lists the allowed ones in the order of the document', async (t) => {
  const server = await startServer(t);
  for (const [path, allow] of ALLOW) {
    for (const method of ['PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const reply = await server.send(method, path, { headers: LATEST });
      assert.equal(reply.status, 405, `${method} ${path}`);
      assert.equal(reply.headers.allow, allow, path);
      const { title, detail } = onlyError(reply);
      assert.equal(title, 'Method Not Allowed');
      assert.match(String(detail), new RegExp(`^The method ${method} is not allowed for this resource\\.`));
    }
  }
});

test('invented methods and methods in lower case are 405 like others', async (t) => {
  const server = await startServer(t);
  for (const method of ['FROBNICATE', 'get', 'Get', 'X-Y']) {
    const text = await server.raw(`${method} /traits HTTP/1.1\r\nhost: h\r\nx-auth-token: user\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 405 /, method);
    assert.match(text, /\r\nallow: GET\r\n/);
    assert.match(text, /\r\nx-openstack-request-id: req-/);
    assert.ok(text.includes(`The method ${method} is not allowed for this resource.`));
  }
  assert.match(await server.raw('FROB /nowhere HTTP/1.1\r\nx-auth-token: user\r\n\r\n'), /^HTTP\/1\.1 404 /);
  assert.match(await server.raw('FROB /traits HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 401 /);
});

test('HEAD has no body: 405 on known paths, 404 elsewhere', async (t) => {
  const server = await startServer(t);
  const known = await server.send('HEAD', '/resource_providers');
  assert.deepEqual([known.status, known.headers.allow, known.text], [405, 'GET, POST', '']);
  const unknown = await server.send('HEAD', '/nowhere');
  assert.deepEqual([unknown.status, unknown.text], [404, '']);
});

test('an unknown path is 404, and nothing is normalised', async (t) => {
  const server = await startServer(t);
  const unknown = [
    '/barnabas',
    '/resource_providers/',
    '//resource_providers',
    '/resource_providers//inventories',
    '/resource_providers/a/cows',
    '/resource_providers/a/inventories/VCPU/more',
    '/Resource_Providers',
    '/resource_providers/a/../b/inventories',
    '/./traits',
    '/allocations/a/',
    '//',
  ];
  for (const path of unknown) {
    const reply = await server.send('GET', path, { headers: LATEST });
    assert.equal(reply.status, 404, path);
    assert.equal(onlyError(reply).title, 'Not Found');
    assert.match(String(onlyError(reply).detail), /^The resource could not be found\./);
  }
});

test('a parameter is one segment of any text', async (t) => {
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers/{uuid}': async (request) => ({ status: 200, body: [request.parameter('uuid')] }),
    },
  });
  const long = 'x'.repeat(3000);
  for (const text of ['not-a-uuid', '☃', '__proto__', 'constructor', '..', 'a b', '%zz', '{uuid}', long]) {
    const encoded = text === '%zz' ? text : encodeURIComponent(text);
    const reply = await server.send('GET', `/resource_providers/${encoded}`);
    assert.deepEqual([reply.status, JSON.parse(reply.text)], [200, [text]]);
  }
});

test('the method table is the same at every version', async (t) => {
  const server = await startServer(t);
  const reply = await server.send('GET', '/reshaper', { headers: { 'openstack-api-version': 'placement 1.0' } });
  assert.deepEqual([reply.status, reply.headers.allow], [405, 'POST']);
});

test('a table that contradicts itself is refused at start', () => {
  const [first] = operations({});
  assert.ok(first !== undefined);
  assert.throws(() => createRoutingTable([first, first]), /two operations at 1\.2/);
  assert.throws(() => createRoutingTable([{ ...first, guards: [] }]), /no guard/);
});
