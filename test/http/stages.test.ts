// The order of stages and of guards (http-api §1.1 to §1.3): of several things that are wrong, which one is answered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyError, startServer } from './test-server.ts';

const NO_TOKEN = { 'x-auth-token': '' };
const BAD_VERSION = { 'openstack-api-version': 'placement pony.horse' };
const NO_RIGHTS = { 'x-roles': 'nobody' };

function at(minor: number): Record<string, string> {
  return { 'openstack-api-version': `placement 1.${minor}` };
}

test('identity comes before everything else that can be wrong', async (t) => {
  const server = await startServer(t);
  assert.equal((await server.send('GET', '/nowhere', { headers: NO_TOKEN })).status, 401);
  assert.equal((await server.send('GET', '/traits', { headers: { ...NO_TOKEN, ...BAD_VERSION } })).status, 401);
  assert.equal((await server.send('PATCH', '/traits', { headers: NO_TOKEN })).status, 401);
  assert.equal((await server.send('POST', '/traits', { headers: NO_TOKEN, body: 'x' })).status, 401);
});

test('the root is open to everyone, with any method', async (t) => {
  const server = await startServer(t);
  assert.equal((await server.send('GET', '/', { headers: NO_TOKEN })).status, 200);
  const reply = await server.send('DELETE', '/', { headers: NO_TOKEN });
  assert.deepEqual([reply.status, reply.headers.allow], [405, 'GET']);
});

test('the version comes before content headers, and those before path and method', async (t) => {
  const server = await startServer(t);
  const version = await server.send('GET', '/nowhere', { headers: BAD_VERSION, body: 'x' });
  assert.match(String(onlyError(version).detail), /invalid version string: pony\.horse/);
  const content = await server.send('GET', '/nowhere', { body: 'x' });
  assert.equal(content.status, 400);
  assert.match(String(onlyError(content).detail), /content-type header required/);
  const method = await server.send('PATCH', '/traits', { body: 'x' });
  assert.equal(method.status, 400);
});

test('guards run in the order of the operation', async (t) => {
  const server = await startServer(t);
  const wrongType = { 'content-type': 'text/plain' };
  const aggregates = await server.send('PUT', '/resource_providers/a/aggregates', {
    headers: { ...at(0), ...wrongType },
  });
  assert.equal(aggregates.status, 415);
  const accept = await server.send('GET', '/resource_providers/a/aggregates', {
    headers: { ...at(0), accept: 'text/plain' },
  });
  assert.equal(accept.status, 406);
  for (const [method, path, minor] of [
    ['POST', '/resource_classes', 1],
    ['POST', '/allocations', 12],
    ['POST', '/reshaper', 29],
    ['PUT', '/resource_providers/a/traits', 5],
    ['PUT', '/resource_classes/CUSTOM_A', 1],
  ] as const) {
    const reply = await server.send(method, path, { headers: { ...at(minor), ...wrongType } });
    assert.equal(reply.status, 404, `${method} ${path}`);
    assert.match(String(onlyError(reply).detail), /^The resource could not be found\.\s*$/);
  }
});

test('an operation that is too new is 404, and deleting all inventories 405 without allow', async (t) => {
  const server = await startServer(t);
  assert.equal((await server.send('GET', '/traits', { headers: at(5) })).status, 404);
  assert.equal((await server.send('GET', '/traits', { headers: at(6) })).status, 200);
  const reply = await server.send('DELETE', '/resource_providers/a/inventories', { headers: at(4) });
  assert.deepEqual([reply.status, reply.headers.allow], [405, undefined]);
  assert.match(String(onlyError(reply).detail), /The method DELETE is not allowed for this resource\./);
});

test('of two operations of one method and path the version decides', async (t) => {
  const server = await startServer(t);
  const json = { 'content-type': 'application/json' };
  const old = await server.send('PUT', '/resource_classes/A', { headers: { ...at(6), ...json }, body: '{}' });
  assert.match(old.text, /since 2"/);
  const renewed = await server.send('PUT', '/resource_classes/A', { headers: at(7) });
  assert.match(renewed.text, /since 7"/);
});

test('policy comes after the guards and before body, query and lookup', async (t) => {
  let asked = 0;
  const server = await startServer(t, {
    answers: {
      'POST /resource_providers': async (request) => {
        asked++;
        request.json();
        return { status: 201 };
      },
    },
  });
  const json = { 'content-type': 'application/json' };
  const type = await server.send('POST', '/resource_providers', {
    headers: { ...NO_RIGHTS, 'content-type': 'text/plain' },
    body: '{',
  });
  assert.equal(type.status, 415);
  const forbidden = await server.send('POST', '/resource_providers', { headers: { ...NO_RIGHTS, ...json }, body: '{' });
  assert.equal(forbidden.status, 403);
  const { title, detail } = onlyError(forbidden);
  assert.equal(title, 'Forbidden');
  assert.match(
    String(detail),
    /^Access was denied to this resource\.\n\n Policy does not allow placement:resource_providers:create to be performed\./,
  );
  assert.equal(asked, 0);
  const malformed = await server.send('POST', '/resource_providers', { headers: json, body: '{' });
  assert.match(String(onlyError(malformed).detail), /Malformed JSON:/);
});

test('a target of the operation replaces the caller as the target of policy', async (t) => {
  const { createServer } = await import('../../src/http/server.ts');
  const { createLoggerTo } = await import('../../src/telemetry/logger.ts');
  const { CALLER, LIMITS, operations } = await import('./test-server.ts');
  const targets: unknown[] = [];
  const server = await createServer({
    operations: operations({}).map((one) =>
      one.path === '/usages' ? { ...one, target: (request) => ({ project_id: request.query()[0]?.[1] ?? null }) } : one,
    ),
    authenticator: { authenticate: async () => ({ kind: 'caller', caller: CALLER }) },
    policy: {
      async allows(_rule, _caller, target) {
        targets.push(target);
        return true;
      },
    },
    settings: { cors: null, enableProxyHeadersParsing: false, limits: LIMITS },
    logger: createLoggerTo({ write: () => {} }, false),
    mountPrefix: '',
  });
  const origin = await server.listen({ host: 'localhost', port: 0 });
  t.after(() => server.close(0));
  await fetch(`${origin}/usages?project_id=p1`, { headers: at(9) });
  await fetch(`${origin}/traits`, { headers: at(9) });
  assert.deepEqual(targets, [{ project_id: 'p1' }, { project_id: CALLER.projectId, user_id: CALLER.userId }]);
});
