// Where the server listens, and how it stops: what is under way is finished, up to a deadline.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { rawStatuses, startServer } from './test-server.ts';

test('it listens on a Unix socket', async (t) => {
  const tcp = await startServer(t);
  await tcp.server.close();
  const directory = await mkdtemp(join(tmpdir(), 'berth-'));
  t.after(() => rm(directory, { recursive: true }));
  const socketPath = join(directory, 'berth.sock');
  const { createServer } = await import('../../src/http/server.ts');
  const { createLoggerTo } = await import('../../src/telemetry/logger.ts');
  const { LIMITS, operations, tokenAuthenticator } = await import('./test-server.ts');
  const server = await createServer({
    operations: operations({ 'POST /resource_classes': async () => ({ status: 201, location: '/x' }) }),
    authenticator: tokenAuthenticator,
    policy: { allows: async () => true },
    settings: { cors: null, enableProxyHeadersParsing: false, limits: LIMITS },
    logger: createLoggerTo({ write: () => {} }, false),
    mountPrefix: '',
  });
  assert.equal(await server.listen({ path: socketPath }), socketPath);
  t.after(() => server.close(0));
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ socketPath, path: '/', agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on('error', reject)
    .end();
  assert.equal(await promise, 200);
});

test('closing finishes what is under way and then refuses', async (t) => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async () => {
        enter();
        await allowed;
        return { status: 200, body: { finished: true } };
      },
    },
  });
  const reply = server.send('GET', '/resource_providers');
  await entered;
  const closed = server.server.close(10_000);
  await assert.rejects(server.send('GET', '/'), { code: 'ECONNREFUSED' });
  allow();
  const { status, text, headers } = await reply;
  assert.deepEqual([status, text, headers.connection], [200, '{"finished":true}', 'close']);
  await closed;
});

test('a connection that is kept alive ends with its last answer, and what came on it before is answered', async (t) => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async () => {
        enter();
        await allowed;
        return { status: 200, body: [] };
      },
    },
  });
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const text = collect(socket);
  socket.write('GET /resource_providers HTTP/1.1\r\nx-auth-token: user\r\n\r\n');
  await entered;
  const closed = server.server.close(60_000);
  socket.write('GET /nowhere HTTP/1.1\r\nx-auth-token: user\r\n\r\n');
  // It arrives while the first is under way, and has its turn afterwards.
  await delay(50);
  allow();
  await closed;
  assert.deepEqual(rawStatuses(await text), [200, 404]);
});

test('a connection that is kept alive does not outlive the answer that was under way', {
  timeout: 10_000,
}, async (t) => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async () => {
        enter();
        await allowed;
        return { status: 200, body: [] };
      },
    },
  });
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const text = collect(socket);
  socket.write('GET /resource_providers HTTP/1.1\r\nx-auth-token: user\r\n\r\n');
  await entered;
  const closed = server.server.close(60_000);
  allow();
  await closed;
  assert.deepEqual(rawStatuses(await text), [200]);
});

test('an idle connection does not hold up closing', async (t) => {
  const server = await startServer(t);
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  socket.once('data', () => resolve());
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await answered;
  await server.server.close(60_000);
});

test('a request that does not end is cut off at the deadline', async (t) => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': () => {
        enter();
        return new Promise(() => {});
      },
    },
  });
  const reply = assert.rejects(server.send('GET', '/resource_providers'), { code: 'ECONNRESET' });
  await entered;
  await server.server.close(50);
  await reply;
});

async function collect(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
