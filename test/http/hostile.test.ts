// Bytes that no honest client sends. Whatever they are, the answer is no 500, carries a request id, and the next
// client is served.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rawStatuses, startServer } from './test-server.ts';

const TOKEN = 'x-auth-token: user\r\n';
const POST = `POST /resource_providers HTTP/1.1\r\nhost: h\r\n${TOKEN}content-type: application/json\r\n`;

/** Name, bytes, and the statuses of the answers in order. */
const CASES: readonly (readonly [name: string, bytes: string, statuses: readonly number[]])[] = [
  ['content length and chunks', `${POST}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, [400]],
  ['two content lengths', `${POST}content-length: 4\r\ncontent-length: 5\r\n\r\nnull`, [400]],
  ['a negative content length', `${POST}content-length: -1\r\n\r\n`, [400]],
  ['an empty content length', `${POST}content-length: \r\n\r\n`, [400]],
  ['a huge content length', `${POST}content-length: 99999999999999999999999\r\n\r\n`, [400]],
  ['a chunk size that is none', `${POST}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n`, [400]],
  ['a chunk longer than its size', `${POST}transfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`, [400]],
  ['an unknown transfer encoding', `${POST}transfer-encoding: zip\r\n\r\nx`, [400]],
  ['NUL in the path', `GET /a\0b HTTP/1.1\r\n${TOKEN}\r\n`, [400]],
  ['NUL in a header', `GET / HTTP/1.1\r\nx: a\0b\r\n${TOKEN}\r\n`, [400]],
  ['raw bytes in the path', `GET /\xff\xfe HTTP/1.1\r\n${TOKEN}\r\n`, [400]],
  ['a path without a slash', `GET a HTTP/1.1\r\n${TOKEN}\r\n`, [400]],
  ['a space in the path', `GET /a b HTTP/1.1\r\n${TOKEN}\r\n`, [400]],
  ['another protocol', `GET / FTP/1.1\r\n${TOKEN}\r\n`, [400]],
  ['another version of HTTP', `GET / HTTP/3.0\r\n${TOKEN}\r\n`, [400]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['the hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
  ['a tunnel', `CONNECT example.com:443 HTTP/1.1\r\n${TOKEN}\r\n`, [404]],
  ['a tunnel without a token', 'CONNECT example.com:443 HTTP/1.1\r\n\r\n', [401]],
  ['an upgrade', `GET / HTTP/1.1\r\n${TOKEN}connection: upgrade\r\nupgrade: websocket\r\n\r\n`, [200]],
  ['a folded header', `GET / HTTP/1.1\r\nx: a\r\n b\r\n${TOKEN}\r\n`, [400]],
  ['a blank before the colon', `GET / HTTP/1.1\r\nx : a\r\n${TOKEN}\r\n`, [400]],
  ['a header without a name', `GET / HTTP/1.1\r\n: a\r\n${TOKEN}\r\n`, [400]],
  ['headers named like object properties', `GET /x HTTP/1.1\r\n__proto__: a\r\nconstructor: b\r\n${TOKEN}\r\n`, [404]],
  ['a path of all the server', `GET * HTTP/1.1\r\n${TOKEN}\r\n`, [404]],
  ['options of all the server', `OPTIONS * HTTP/1.1\r\n${TOKEN}\r\n`, [404]],
  ['two requests at once', `GET /x HTTP/1.1\r\n${TOKEN}\r\nGET / HTTP/1.1\r\n\r\n`, [404, 200]],
  ['a good request, then none', `GET / HTTP/1.1\r\n\r\nnonsense\r\n\r\n`, [200, 400]],
  ['a good request, then a bad length', `GET / HTTP/1.1\r\n\r\n${POST}content-length: x\r\n\r\n`, [200, 400]],
  [
    'a slow request, then none',
    `GET /usages HTTP/1.1\r\n${TOKEN}openstack-api-version: placement 1.9\r\n\r\n\0`,
    [200, 400],
  ],
];

test('malformed requests are refused one by one', async (t) => {
  const server = await startServer(t, {
    answers: {
      'GET /usages': () => new Promise((resolve) => setTimeout(() => resolve({ status: 200, body: {} }), 50)),
      'POST /resource_providers': async (request) => ({ status: 200, body: [request.json()] }),
    },
  });
  for (const [name, bytes, statuses] of CASES) {
    const text = await server.raw(Buffer.from(bytes, 'latin1'), 400);
    assert.deepEqual(rawStatuses(text), statuses, `${name}: ${text}`);
    assert.equal(text.match(/x-openstack-request-id: req-/g)?.length, statuses.length, name);
    assert.equal((await server.send('GET', '/')).status, 200, name);
  }
});

test('an answer to malformed bytes has the form that the client prefers', async (t) => {
  const server = await startServer(t);
  const text = await server.raw('GET / HTTP/1.1\r\naccept: text/html\r\nx: \0\r\n\r\n');
  assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: text\/html; charset=UTF-8\r\n/);
  assert.match(text, /<h1>400 Bad Request<\/h1>/);
});

test('malformed bytes never reach an operation', async (t) => {
  let reached = 0;
  const reach = async () => {
    reached++;
    return { status: 204 as const };
  };
  const server = await startServer(t, {
    answers: { 'DELETE /resource_providers/{uuid}': reach, 'POST /resource_providers': reach },
  });
  const text = await server.raw(
    `DELETE /resource_providers/a HTTP/1.1\r\n${TOKEN}content-length: 0x0\r\n\r\n` +
      `DELETE /resource_providers/a HTTP/1.1\r\n${TOKEN}\r\n`,
  );
  assert.deepEqual([rawStatuses(text), reached], [[400], 0]);
});

test('arbitrary bytes never bring a 500 or end the server', async (t) => {
  const server = await startServer(t);
  const seed = Number(process.env.BERTH_TEST_SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`BERTH_TEST_SEED=${seed}`);
  const piece = fc.oneof(
    fc.constantFrom(
      'GET ',
      'POST ',
      'HEAD ',
      '/',
      '/traits',
      '?',
      '%',
      '%2F',
      ' HTTP/1.1',
      '\r\n',
      '\r\n\r\n',
      ':',
      ' ',
    ),
    fc.constantFrom('host: h\r\n', TOKEN, 'content-length: 3\r\n', 'transfer-encoding: chunked\r\n', 'expect: x\r\n'),
    fc.constantFrom('accept: text/html\r\n', 'openstack-api-version: placement ', 'content-type: application/json\r\n'),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const path = fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join('')}`);
  const bytes = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    path.map((one) => `GET ${one} HTTP/1.1\r\n${TOKEN}\r\n`),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (text) => {
      const answer = await server.raw(Buffer.from(text, 'latin1'), 15);
      assert.ok(!rawStatuses(answer).includes(500), answer);
    }),
    { seed, numRuns: 150 },
  );
  assert.equal((await server.send('GET', '/')).status, 200);
  assert.ok(!server.log.some((line) => line.level === 'error'));
});
