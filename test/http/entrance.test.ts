// Requests that are not let in: refused before anything is made of them, and still as HTTP and as the API wants it.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { onlyError, rawStatuses, startServer, type TestServer, type TestServerOptions } from './test-server.ts';

const TOKEN = 'x-auth-token: user\r\n';

/** A service of which one request, not answered until it is freed, takes the only place, and nobody may wait. */
async function startFull(t: TestContext, options: TestServerOptions = {}) {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: freed, resolve: free } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    ...options,
    limits: {
      admission: { concurrentRequestsMax: 1, waitingRequestsMax: 0, waitingTimeMaxMs: 1000, overloadDelayMs: 1000 },
    },
    answers: {
      'GET /usages': async () => {
        enter();
        await freed;
        return { status: 200, body: {} };
      },
    },
  });
  const first = server.send('GET', '/usages', { headers: { 'openstack-api-version': 'placement 1.9' } });
  // A service that closes before it is freed cuts it off.
  first.catch(() => {});
  await entered;
  return { server, free: () => free(), first };
}

async function refusedText(server: TestServer, bytes: string): Promise<string> {
  return server.raw(Buffer.from(bytes, 'latin1'), 400);
}

test('a refusal has all that an answer has, in the form that the client prefers', async (t) => {
  const { server, free, first } = await startFull(t);
  const refused = await server.send('GET', '/traits');
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1']);
  assert.equal(refused.headers['content-type'], 'application/json');
  const { status, title, detail, request_id } = onlyError(refused);
  assert.deepEqual([status, title], [503, 'Service Unavailable']);
  assert.match(String(detail), /setting \[berth\] waiting_requests_max/);
  assert.match(String(request_id), /^req-[0-9a-f-]{36}$/);
  assert.equal(refused.headers['x-openstack-request-id'], request_id);
  assert.equal(Number(refused.headers['content-length']), refused.text.length);

  const another = await server.send('PUT', '/nowhere', { body: '{}' });
  assert.equal(another.status, 503);
  assert.notEqual(onlyError(another).request_id, request_id);

  const html = await server.send('GET', '/traits', { headers: { accept: 'text/html' } });
  assert.equal(html.headers['content-type'], 'text/html; charset=UTF-8');
  assert.match(html.text, /<h1>503 Service Unavailable<\/h1>/);
  assert.equal(Number(html.headers['content-length']), html.text.length);
  assert.match((await server.send('GET', '/traits', { headers: { accept: 'image/png' } })).text, /^503 Service/);
  const head = await server.send('HEAD', '/traits');
  assert.deepEqual([head.status, head.text], [503, '']);

  free();
  assert.equal((await first).status, 200);
  assert.equal((await server.send('GET', '/traits', { headers: { 'x-auth-token': '' } })).status, 401);
});

test('nobody waits for the version document, and a page of an allowed origin can read a refusal', async (t) => {
  const cors = {
    allowedOrigins: ['https://console'],
    allowCredentials: false,
    exposeHeaders: ['x-openstack-request-id'],
    maxAgeSeconds: 60,
    allowMethods: ['GET'],
    allowHeaders: [],
  };
  const { server } = await startFull(t, { settings: { cors } });
  assert.equal((await server.send('GET', '/')).status, 200);
  const origin = { origin: 'https://console' };
  const asked = { headers: { ...origin, 'access-control-request-method': 'GET' } };
  assert.equal((await server.send('OPTIONS', '/traits', asked)).status, 200);
  const { status, headers } = await server.send('GET', '/traits', { headers: origin });
  assert.deepEqual([status, headers['access-control-allow-origin']], [503, 'https://console']);
});

test('a connection goes on after a refusal, whatever of a body was sent', async (t) => {
  const { server, free, first } = await startFull(t);
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const answers: string[] = [];
  socket.on('data', (chunk: Buffer) => answers.push(chunk.toString('latin1')));
  const statuses = () => rawStatuses(answers.join(''));
  const until = async (count: number): Promise<void> => {
    while (statuses().length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const put = `PUT /traits/CUSTOM_X HTTP/1.1\r\n${TOKEN}content-length: 100000\r\n\r\n`;
  socket.write(`${put}${'x'.repeat(30_000)}`);
  await until(1);
  free();
  await first;
  socket.write(`${'x'.repeat(70_000)}GET / HTTP/1.1\r\n\r\n`);
  await until(2);
  assert.deepEqual(statuses(), [503, 200]);
});

test('requests sent at once are refused in order, among those that are answered', async (t) => {
  const { server } = await startFull(t);
  const refused = `GET /traits HTTP/1.1\r\n${TOKEN}\r\n`;
  const urgent = 'GET / HTTP/1.1\r\n\r\n';
  const text = await refusedText(server, `${refused}${urgent}${refused}${refused}${urgent}`);
  assert.deepEqual(rawStatuses(text), [503, 200, 503, 503, 200]);
});

test('of requests sent at once the second comes in when the first is answered', async (t) => {
  const answers: (() => void)[] = [];
  const { promise: first, resolve: began } = Promise.withResolvers<void>();
  const server = await startServer(t, {
    answers: {
      'GET /resource_providers': async () => {
        await new Promise<void>((resolve) => {
          answers.push(resolve);
          began();
        });
        return { status: 200, body: [] };
      },
    },
  });
  const text = server.raw(`GET /resource_providers HTTP/1.1\r\n${TOKEN}\r\n`.repeat(3), 1000);
  await first;
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let answered = 0; answered < 3; answered++) {
    while (answers.length === answered) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(answers.length, answered + 1);
    answers[answered]?.();
  }
  assert.deepEqual(rawStatuses(await text), [200, 200, 200]);
});

test('nobody is asked for the body of a request that is refused', async (t) => {
  const { server } = await startFull(t);
  const text = await refusedText(
    server,
    `PUT /traits/X HTTP/1.1\r\n${TOKEN}expect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
  );
  assert.deepEqual(rawStatuses(text), [503]);
});

test('what the parser refuses is refused for overload like everything else', async (t) => {
  const { server } = await startFull(t);
  const text = await refusedText(
    server,
    `GET / HTTP/1.1\r\n\r\nGET /traits HTTP/1.1\r\n${TOKEN}content-length: x\r\n\r\n`,
  );
  assert.deepEqual(rawStatuses(text), [200, 503]);
  assert.match(text, /retry-after: 1\r\n/);
});

test('a refusal while the service closes is the last answer on its connection', async (t) => {
  const { server, free, first } = await startFull(t);
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const { promise: text, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    begin();
  });
  socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  // The head is incomplete, so that the connection is not idle when the service closes.
  socket.write('GET / HTTP/1.1\r\n\r\nGET /traits HTTP/1.1\r\n');
  await begun;
  const closed = server.server.close(10_000);
  socket.write('\r\n');
  assert.deepEqual(rawStatuses(await text), [200, 503]);
  assert.match((await text).split('HTTP/1.1 503 ')[1] ?? '', /\r\nconnection: close\r\n/i);
  free();
  assert.equal((await first).status, 200);
  await closed;
});

test('refusals share a line of the log', async (t) => {
  const { server } = await startFull(t);
  for (let count = 0; count < 5; count++) assert.equal((await server.send('GET', '/traits')).status, 503);
  const lines = server.log.filter(({ msg }) => String(msg).includes('requests are refused'));
  assert.deepEqual(
    lines.map(({ level, refused }) => [level, refused]),
    [['warn', 1]],
  );
  assert.ok(!server.log.some(({ status }) => status === 503));
});
