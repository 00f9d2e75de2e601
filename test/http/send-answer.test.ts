// Whoever made a large answer is told when it may go: once its client has all of it, or is gone, and once only.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startServer } from './test-server.ts';

const PIECES = Array.from({ length: 60 }, (_, index) => Buffer.alloc(100_000, 97 + (index % 26)));
const REQUEST = 'GET /resource_providers HTTP/1.1\r\nx-auth-token: user\r\n\r\n';

async function until(condition: () => boolean, signal: AbortSignal): Promise<void> {
  while (!condition()) await delay(5, undefined, { signal });
}

test('when the client has read it', async (t) => {
  let sent = 0;
  const server = await startServer(t, {
    limits: { unsentBytesMax: 10_000_000 },
    answers: { 'GET /resource_providers': async () => ({ status: 200, pieces: PIECES, sent: () => sent++ }) },
  });
  const slow = connect(server.port, '127.0.0.1').pause();
  slow.write(REQUEST);
  await until(() => server.log.length > 0, t.signal);
  await delay(50);
  assert.equal(sent, 0, 'the buffers of the sockets do not hold all of it');
  const chunks: Uint8Array[] = [];
  slow.on('data', (chunk) => chunks.push(Buffer.from(chunk))).resume();
  await until(() => sent > 0, t.signal);
  const length = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  await until(() => length() > 6_000_000, t.signal);
  const all = Buffer.concat(chunks);
  assert.ok(all.subarray(all.indexOf('\r\n\r\n') + 4).equals(Buffer.concat(PIECES)));
  assert.equal((await server.send('GET', '/resource_providers')).text.length, 6_000_000);
  await until(() => sent === 2, t.signal);
  slow.destroy();
});

test('when the client is gone, before or after the answer was there', async (t) => {
  let sent = 0;
  const { promise: gone, resolve: goOn } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    limits: { unsentBytesMax: 12_000_000 },
    answers: {
      'GET /resource_providers': async () => ({ status: 200, pieces: PIECES, sent: () => sent++ }),
      'GET /traits': async () => {
        await gone;
        return { status: 200, pieces: PIECES, sent: () => sent++ };
      },
    },
  });
  const during = connect(server.port, '127.0.0.1').pause();
  during.write(REQUEST);
  await until(() => server.log.length === 1, t.signal);
  during.destroy();
  await until(() => sent === 1, t.signal);

  const before = connect(server.port, '127.0.0.1');
  before.write('GET /traits HTTP/1.1\r\nx-auth-token: user\r\nopenstack-api-version: placement 1.39\r\n\r\n');
  await delay(50);
  before.resetAndDestroy();
  await once(before, 'close');
  await delay(50);
  goOn();
  await until(() => sent === 2, t.signal);
  // Nothing is left in the account of what is unsent.
  const two = [1, 2].map(() => server.send('GET', '/resource_providers'));
  for (const reply of await Promise.all(two)) assert.equal(reply.status, 200);
});

for (const [form, pieces] of [
  ['pieces', PIECES],
  ['one piece', [Buffer.concat(PIECES)]],
] as const) {
  test(`when the client has read none of ${form} for too long, it is cut off`, async (t) => {
    let sent = 0;
    const server = await startServer(t, {
      limits: { unsentBytesMax: 10_000_000, requestTimeoutMs: 200 },
      answers: { 'GET /resource_providers': async () => ({ status: 200, pieces, sent: () => sent++ }) },
    });
    const silent = connect(server.port, '127.0.0.1').pause();
    silent.on('error', () => {});
    silent.write(REQUEST);
    await until(() => sent === 1, t.signal);
    silent.destroy();
  });
}

test('a connection on which a large answer was read is kept, however long it is quiet then', async (t) => {
  const server = await startServer(t, {
    limits: { unsentBytesMax: 10_000_000, requestTimeoutMs: 200 },
    answers: { 'GET /resource_providers': async () => ({ status: 200, pieces: PIECES }) },
  });
  const socket = connect(server.port, '127.0.0.1');
  let received = 0;
  socket.on('data', (chunk) => (received += chunk.length));
  for (const answers of [1, 2]) {
    socket.write(REQUEST);
    await until(() => received > answers * 6_000_000, t.signal);
    await delay(500);
    assert.equal(socket.readyState, 'open');
  }
  socket.destroy();
});
