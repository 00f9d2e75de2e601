// Cross-origin requests (http-api §1.17).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CorsSettings } from '../../src/config/settings.ts';
import { type Reply, startServer } from './test-server.ts';

const CORS: CorsSettings = {
  allowedOrigins: ['http://valid.example.com'],
  allowCredentials: true,
  maxAgeSeconds: 3600,
  allowMethods: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'],
  allowHeaders: ['X-Auth-Token', 'OpenStack-API-Version'],
  exposeHeaders: ['X-Auth-Token', 'OpenStack-API-Version'],
};
const ORIGIN = { origin: 'http://valid.example.com' };
const OPTIONS_HEADERS = { ...ORIGIN, 'access-control-request-method': 'PUT' };

function corsHeaders(reply: Reply): Record<string, unknown> {
  return Object.fromEntries(Object.entries(reply.headers).filter(([name]) => name.startsWith('access-control-')));
}

test('without CORS, OPTIONS is 405 and nothing tells of origins', async (t) => {
  const server = await startServer(t);
  const reply = await server.send('OPTIONS', '/traits', { headers: OPTIONS_HEADERS });
  assert.deepEqual([reply.status, reply.headers.allow, corsHeaders(reply)], [405, 'GET', {}]);
});

test('OPTIONS is 200 on every path, with permission where all that was asked is allowed', async (t) => {
  const server = await startServer(t, { settings: { cors: CORS } });
  for (const path of ['/', '/nowhere', '/resource_providers/a']) {
    const headers = {
      ...OPTIONS_HEADERS,
      'x-auth-token': '',
      'access-control-request-headers': 'openstack-api-version, Content-Type',
    };
    const reply = await server.send('OPTIONS', path, { headers });
    assert.deepEqual([reply.status, reply.text, reply.headers['content-type']], [200, '', undefined]);
    assert.equal(reply.headers['openstack-api-version'], undefined);
    assert.match(String(reply.headers['x-openstack-request-id']), /^req-/);
    assert.equal(reply.headers.vary, 'Origin');
    assert.deepEqual(corsHeaders(reply), {
      'access-control-allow-origin': 'http://valid.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '3600',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'openstack-api-version,Content-Type',
    });
  }
});

test('OPTIONS that asks for too much is 200 without permission', async (t) => {
  const server = await startServer(t, { settings: { cors: CORS } });
  const refused: Record<string, string>[] = [
    {},
    { ...OPTIONS_HEADERS, origin: 'http://invalid.example.com' },
    ORIGIN,
    { ...OPTIONS_HEADERS, 'access-control-request-method': 'TRACE' },
    { ...OPTIONS_HEADERS, 'access-control-request-headers': 'x-auth-token, x-strange' },
  ];
  for (const headers of refused) {
    const reply = await server.send('OPTIONS', '/traits', { headers });
    assert.deepEqual([reply.status, corsHeaders(reply)], [200, {}]);
  }
});

test('other answers to an allowed origin can be read by it, errors and 401 too', async (t) => {
  const server = await startServer(t, { settings: { cors: CORS } });
  const allowed = {
    'access-control-allow-origin': 'http://valid.example.com',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'X-Auth-Token,OpenStack-API-Version',
  };
  const success = await server.send('GET', '/', { headers: ORIGIN });
  assert.deepEqual([success.status, corsHeaders(success)], [200, allowed]);
  assert.equal(success.headers.vary, 'openstack-api-version, Origin');
  const error = await server.send('GET', '/nowhere', { headers: ORIGIN });
  assert.deepEqual([error.status, corsHeaders(error)], [404, allowed]);
  const unauthorized = await server.send('GET', '/traits', { headers: { ...ORIGIN, 'x-auth-token': '' } });
  assert.deepEqual(
    [unauthorized.status, corsHeaders(unauthorized), unauthorized.headers.vary],
    [401, allowed, 'Origin'],
  );
  const broken = await server.raw('GET / HTTP/1.1\r\norigin: http://valid.example.com\r\ncontent-length: x\r\n\r\n');
  assert.match(broken, /^HTTP\/1\.1 400 [\s\S]*access-control-allow-origin: http:\/\/valid\.example\.com/);
});

test('other origins get the plain answer', async (t) => {
  const server = await startServer(t, { settings: { cors: CORS } });
  const reply = await server.send('GET', '/', { headers: { origin: 'http://invalid.example.com' } });
  assert.deepEqual([reply.status, corsHeaders(reply), reply.headers.vary], [200, {}, 'openstack-api-version']);
});

test('an allowed origin of * is told as such', async (t) => {
  const cors = { ...CORS, allowedOrigins: ['*'], allowCredentials: false };
  const server = await startServer(t, { settings: { cors } });
  const reply = await server.send('GET', '/', { headers: ORIGIN });
  assert.equal(reply.headers['access-control-allow-origin'], '*');
  assert.equal(reply.headers['access-control-allow-credentials'], undefined);
});
