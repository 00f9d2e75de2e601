// Under which address clients see the service (http-api §1.15): absolute locations, mount prefix, proxies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer, type TestServerOptions } from './test-server.ts';

const LOCATED: TestServerOptions = {
  answers: {
    'POST /resource_providers': async () => ({ status: 201, location: '/resource_providers/a' }),
    'GET /resource_providers': async (request) => ({ status: 200, body: { prefix: request.linkPrefix } }),
  },
};
const JSON_BODY = { 'content-type': 'application/json' };

test('a location is absolute, with the host that the client named', async (t) => {
  const server = await startServer(t, LOCATED);
  const locate = async (headers: Record<string, string>, path = '/resource_providers') =>
    (await server.send('POST', path, { headers: { ...JSON_BODY, ...headers }, body: '{}' })).headers.location;
  assert.equal(await locate({}), `${server.origin}/resource_providers/a`);
  assert.equal(await locate({ host: 'berth.example:8778' }), 'http://berth.example:8778/resource_providers/a');
  assert.equal(await locate({ host: 'berth.example:80' }), 'http://berth.example/resource_providers/a');
  assert.equal(await locate({ host: '[::1]:443' }), 'http://[::1]:443/resource_providers/a');
  assert.equal(await locate({ host: 'a b<' }), `${server.origin}/resource_providers/a`);
  assert.equal(
    await locate({}, 'http://other.example/resource_providers'),
    'http://other.example/resource_providers/a',
  );
});

test('a client that names no host gets the address it reached', async (t) => {
  const server = await startServer(t, LOCATED);
  const text = await server.raw(
    'POST /resource_providers HTTP/1.0\r\nx-auth-token: user\r\ncontent-type: application/json\r\n\r\n',
  );
  assert.match(text, /^HTTP\/1\.1 201 /);
  assert.ok(text.includes(`location: ${server.origin}/resource_providers/a\r\n`));
});

test('below a mount prefix everything moves, and the prefix with or without slash is the version document', async (t) => {
  const server = await startServer(t, { ...LOCATED, mountPrefix: '/placement' });
  for (const path of ['/placement', '/placement/', '/placement?x']) {
    const reply = await server.send('GET', path, { headers: { 'x-auth-token': '' } });
    assert.deepEqual([reply.status, reply.text.includes('CURRENT')], [200, true], path);
  }
  const created = await server.send('POST', '/placement/resource_providers', { headers: JSON_BODY, body: '{}' });
  assert.equal(created.headers.location, `${server.origin}/placement/resource_providers/a`);
  const listed = await server.send('GET', '/placement/resource_providers');
  assert.deepEqual(JSON.parse(listed.text), { prefix: '/placement' });
  for (const path of ['/', '/resource_providers', '/placementresource_providers', '/placement//resource_providers']) {
    assert.equal((await server.send('GET', path)).status, 404, path);
  }
});

test('proxy headers count only when the operator says so', async (t) => {
  const off = await startServer(t, LOCATED);
  const on = await startServer(t, { ...LOCATED, settings: { enableProxyHeadersParsing: true }, mountPrefix: '/m' });
  const headers = {
    ...JSON_BODY,
    'x-forwarded-proto': 'https, http',
    'x-forwarded-host': 'cloud.example:443, inner',
    'x-forwarded-prefix': '/gate/',
  };
  const ignored = await off.send('POST', '/resource_providers', { headers, body: '{}' });
  assert.equal(ignored.headers.location, `${off.origin}/resource_providers/a`);
  const used = await on.send('POST', '/m/resource_providers', { headers, body: '{}' });
  assert.equal(used.headers.location, 'https://cloud.example/gate/m/resource_providers/a');
  const listed = await on.send('GET', '/m/resource_providers', { headers });
  assert.deepEqual(JSON.parse(listed.text), { prefix: '/gate/m' });
});

test('the first element of Forwarded replaces the other headers, and nonsense in it is as good as absent', async (t) => {
  const server = await startServer(t, { ...LOCATED, settings: { enableProxyHeadersParsing: true } });
  const locate = async (forwarded: string) => {
    const headers = { ...JSON_BODY, host: 'h', forwarded, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'no' };
    return (await server.send('POST', '/resource_providers', { headers, body: '{}' })).headers.location;
  };
  const path = '/resource_providers/a';
  assert.equal(await locate('for=1.2.3.4;Proto=HTTPS;host="a.example:8443", host=b'), `https://a.example:8443${path}`);
  assert.equal(await locate('for="[::1]:1, x"; host=a.example'), `http://a.example${path}`);
  assert.equal(await locate('proto=gopher;host="a b"'), `http://h${path}`);
  assert.equal(await locate('host="a'), `http://h${path}`);
});

test('a location has no characters that a header cannot carry', async (t) => {
  const server = await startServer(t, {
    answers: { 'PUT /traits/{name}': async () => ({ status: 201, location: '/traits/☃\r\nx: y\ud800' }) },
  });
  const reply = await server.send('PUT', '/traits/A', { headers: { 'openstack-api-version': 'placement 1.6' } });
  assert.equal(reply.headers.location, `${server.origin}/traits/%E2%98%83%0D%0Ax:%20y%EF%BF%BD`);
});
