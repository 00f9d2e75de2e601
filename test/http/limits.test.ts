// The bounds on one request (P6): each is refused with an error that names its setting.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { onlyError, rawStatuses, startServer } from './test-server.ts';

const JSON_BODY = { 'content-type': 'application/json' };

test('a long URL is 414, from just beyond the limit to far beyond it', async (t) => {
  const server = await startServer(t, { limits: { urlBytesMax: 300 } });
  assert.equal((await server.send('GET', `/${'a'.repeat(299)}`)).status, 404);
  for (const length of [300, 3000, 60_000]) {
    const reply = await server.send('GET', `/${'a'.repeat(length)}`);
    assert.equal(reply.status, 414, String(length));
    assert.match(String(onlyError(reply).detail), /300 bytes \(setting \[berth\] url_bytes_max\)/);
  }
});

test('large headers are 431', async (t) => {
  const server = await startServer(t);
  const reply = await server.send('GET', '/', { headers: { 'x-large': 'a'.repeat(17_000) } });
  assert.equal(reply.status, 431);
  assert.match(String(onlyError(reply).detail), /16000 bytes \(setting \[berth\] header_bytes_max\)/);
});

test('a large body is 413, whether its length is told or not', async (t) => {
  const server = await startServer(t, {
    limits: { bodyBytesMax: 100 },
    answers: { 'POST /resource_providers': async (request) => ({ status: 200, body: [request.json()] }) },
  });
  const fits = JSON.stringify('a'.repeat(98));
  assert.equal((await server.send('POST', '/resource_providers', { headers: JSON_BODY, body: fits })).status, 200);
  const told = await server.send('POST', '/resource_providers', { headers: JSON_BODY, body: `${fits} ` });
  assert.equal(told.status, 413);
  assert.match(String(onlyError(told).detail), /100 bytes \(setting \[berth\] body_bytes_max\)/);
  const untold = await server.raw(
    'POST /resource_providers HTTP/1.1\r\nx-auth-token: user\r\ncontent-type: application/json\r\n' +
      `transfer-encoding: chunked\r\nconnection: close\r\n\r\n64\r\n${fits}\r\n1\r\n \r\n0\r\n\r\n`,
  );
  assert.match(untold, /^HTTP\/1\.1 413 [\s\S]*100 bytes \(setting \[berth\] body_bytes_max\)/);
});

test('a connection stays usable after a body that was refused', async (t) => {
  const server = await startServer(t, { limits: { bodyBytesMax: 100 } });
  const text = await server.raw(
    'POST /resource_providers HTTP/1.1\r\nx-auth-token: user\r\ncontent-type: application/json\r\n' +
      `content-length: 5000\r\n\r\n${'x'.repeat(5000)}GET / HTTP/1.1\r\nconnection: close\r\n\r\n`,
  );
  assert.deepEqual(rawStatuses(text), [413, 200]);
});

test('too many query parameters are 400 where the query is read', async (t) => {
  const server = await startServer(t, {
    limits: { queryParametersMax: 3 },
    answers: { 'GET /resource_providers': async (request) => ({ status: 200, body: request.query() }) },
  });
  assert.equal((await server.send('GET', '/resource_providers?a&&b&&c&')).status, 200);
  const reply = await server.send('GET', '/resource_providers?a&b&c&d');
  assert.equal(reply.status, 400);
  assert.match(String(onlyError(reply).detail), /3 parameters \(setting \[berth\] query_parameters_max\)/);
  assert.equal((await server.send('GET', '/resource_providers/a?a&b&c&d')).status, 200);
});

test('a head or a body that does not arrive is 408', async (t) => {
  const server = await startServer(t, { limits: { requestTimeoutMs: 200 } });
  const head = await server.raw('GET / HTTP/1.1\r\nhost: h\r\nx-slow', 5000);
  assert.deepEqual(rawStatuses(head), [408]);
  assert.match(head, /setting \[berth\] request_timeout/);
  assert.match(head, /x-openstack-request-id: req-/);
  const body = await server.raw(
    'POST /resource_providers HTTP/1.1\r\nx-auth-token: user\r\ncontent-type: application/json\r\n' +
      'content-length: 10\r\n\r\n{"a"',
    5000,
  );
  assert.deepEqual(rawStatuses(body), [408]);
  assert.match(body, /setting \[berth\] request_timeout/);
});

test('an operation that does not end is given up with 503', async (t) => {
  const server = await startServer(t, {
    limits: { requestTimeoutMs: 200 },
    answers: { 'GET /resource_providers': () => new Promise(() => {}) },
  });
  const reply = await server.send('GET', '/resource_providers');
  assert.deepEqual([reply.status, reply.headers['retry-after']], [503, '1']);
  assert.match(String(onlyError(reply).detail), /0\.2 s \(setting \[berth\] request_timeout\)/);
});

test('a client that leaves in the middle of its body leaves nothing behind', { timeout: 10_000 }, async (t) => {
  const server = await startServer(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    'POST /resource_providers HTTP/1.1\r\nx-auth-token: user\r\ncontent-type: application/json\r\n' +
      'content-length: 10\r\nexpect: 100-continue\r\n\r\n{',
  );
  // The server asks for the body: it is reading it now.
  await once(socket, 'data', { signal: t.signal });
  socket.resetAndDestroy();
  while (server.log.length === 0) await delay(5, undefined, { signal: t.signal });
  assert.equal(server.log[0]?.errorKind, 'http.request_incomplete');
  assert.equal((await server.send('GET', '/')).status, 200);
});

test('a large answer is refused while clients have yet to read too many, and given once they have', async (t) => {
  const piece = `"${'é'.repeat(20_000)}"`;
  const large = async () => ({ status: 200 as const, pieces: ['[', ...Array(9).fill(`${piece},`), piece, ']'] });
  const server = await startServer(t, {
    limits: { unsentBytesMax: 600_000 },
    answers: { 'GET /resource_providers': large },
  });
  const slow = connect(server.port, '127.0.0.1');
  slow.write('GET /resource_providers HTTP/1.1\r\nx-auth-token: user\r\n\r\n'.repeat(30));
  slow.pause();
  // Buffers of the two sockets take a few answers; then one is left that is not read.
  let refused = await server.send('GET', '/resource_providers');
  for (let wait = 0; wait < 200 && refused.status !== 503; wait++) {
    await delay(10);
    refused = await server.send('GET', '/resource_providers');
  }
  assert.equal(refused.status, 503);
  assert.match(String(onlyError(refused).detail), /600000 bytes together \(setting \[berth\] unsent_bytes_max\)/);
  slow.destroy();
  await once(slow, 'close');
  let served = await server.send('GET', '/resource_providers');
  for (let wait = 0; wait < 200 && served.status !== 200; wait++) {
    await delay(10);
    served = await server.send('GET', '/resource_providers');
  }
  assert.equal(served.headers['content-length'], String(Buffer.byteLength(served.text)));
  assert.deepEqual(JSON.parse(served.text), Array(10).fill('é'.repeat(20_000)));
});
