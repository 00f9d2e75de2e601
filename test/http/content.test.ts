// What a request says about its content (http-api §1.6) and what is made of its body.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyError, startServer } from './test-server.ts';

const ECHO = {
  'POST /resource_providers': async (request: { json(): unknown }) => ({
    status: 200 as const,
    body: [request.json()],
  }),
};

test('a content length that is no integer is 400 on every path, as a complete answer', async (t) => {
  const server = await startServer(t);
  for (const [method, path] of [
    ['POST', '/resource_providers'],
    ['GET', '/nowhere'],
    ['DELETE', '/'],
  ]) {
    const text = await server.raw(
      `${method} ${path} HTTP/1.1\r\nhost: h\r\ncontent-length: hi mom\r\ncontent-type: application/json\r\n` +
        'openstack-api-version: placement 1.23\r\nx-auth-token: user\r\n\r\n{"name": "a"}',
    );
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(head, /\r\ncontent-type: application\/json\r\n/);
    assert.match(head, /\r\nopenstack-api-version: placement 1\.23\r\n/);
    assert.match(head, new RegExp(`\\r\\ncontent-length: ${body.length}\\r\\n`));
    const { detail, code, request_id } = onlyError({ text: body });
    assert.match(String(detail), /content-length header must be an integer/);
    assert.equal(code, 'placement.undefined_code');
    assert.ok(head.includes(`x-openstack-request-id: ${request_id}`));
  }
});

test('earlier stages have their say about a request with a bad content length', async (t) => {
  const server = await startServer(t);
  const head = 'POST /resource_providers HTTP/1.1\r\nhost: h\r\ncontent-length: 1x\r\n';
  assert.match(await server.raw(`${head}\r\n`), /^HTTP\/1\.1 401 /);
  assert.match(
    await server.raw(`${head}x-auth-token: user\r\nopenstack-api-version: placement 1.99\r\n\r\n`),
    /^HTTP\/1\.1 406 /,
  );
  assert.match(
    await server.raw(`${head}x-auth-token: user\r\naccept: text/html\r\n\r\n`),
    /^HTTP\/1\.1 400 [\s\S]*text\/html[\s\S]*content-length header must be an integer/,
  );
});

test('content without a type is 400, no content without a type 415', async (t) => {
  const server = await startServer(t);
  const untyped = await server.send('POST', '/resource_providers', { body: '{}' });
  assert.equal(untyped.status, 400);
  assert.match(String(onlyError(untyped).detail), /content-type header required when content-length > 0/);
  const empty = await server.send('POST', '/resource_providers', { headers: { 'content-type': '' }, body: '{}' });
  assert.equal(empty.status, 400);
  for (const headers of [{}, { 'content-length': '0' }]) {
    const nothing = await server.send('PUT', '/resource_providers/a', { headers });
    assert.equal(nothing.status, 415);
    assert.equal(onlyError(nothing).title, 'Unsupported Media Type');
    assert.match(String(onlyError(nothing).detail), /The media type None is not supported, use application\/json/);
  }
});

test('only application/json in exactly this case is content, with any parameters', async (t) => {
  const server = await startServer(t, { answers: ECHO });
  for (const type of ['text/plain', 'Application/JSON', 'application/json2', 'application/jso']) {
    const reply = await server.send('POST', '/resource_providers', { headers: { 'content-type': type }, body: '{}' });
    assert.equal(reply.status, 415, type);
    assert.ok(
      String(onlyError(reply).detail).includes(`The media type ${type} is not supported, use application/json`),
    );
  }
  for (const type of ['application/json', 'application/json; charset=latin-1', 'application/json;x']) {
    const headers = { 'content-type': type };
    const reply = await server.send('POST', '/resource_providers', { headers, body: '{"a":"é"}' });
    assert.deepEqual([reply.status, JSON.parse(reply.text)], [200, [{ a: 'é' }]], type);
  }
});

test('what is not JSON is 400, also when it is empty', async (t) => {
  const server = await startServer(t, { answers: ECHO });
  const headers = { 'content-type': 'application/json' };
  for (const body of ['', '{', 'NaN', '\ufeff{}', Buffer.from([0x22, 0xff, 0x22])]) {
    const reply = await server.send('POST', '/resource_providers', { headers, body });
    assert.equal(reply.status, 400);
    assert.match(String(onlyError(reply).detail), /Malformed JSON:/);
  }
});

test('a chunked body without content length is a body', async (t) => {
  const server = await startServer(t, { answers: ECHO });
  const text = await server.raw(
    'POST /resource_providers HTTP/1.1\r\nhost: h\r\nx-auth-token: user\r\ncontent-type: application/json\r\n' +
      'transfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
  );
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*\[\{"a":1\}\]$/);
});

test('operations without guard C ignore any body', async (t) => {
  const server = await startServer(t);
  const headers = { 'content-type': 'text/plain', 'openstack-api-version': 'placement latest' };
  for (const [method, path] of [
    ['DELETE', '/resource_providers/a'],
    ['PUT', '/traits/CUSTOM_A'],
    ['PUT', '/resource_classes/CUSTOM_A'],
    ['GET', '/traits'],
  ] as const) {
    assert.equal((await server.send(method, path, { headers, body: 'not JSON' })).status, 200, `${method} ${path}`);
  }
});

test('a client that waits for 100 Continue gets it only when its body is wanted', async (t) => {
  const server = await startServer(t, { answers: ECHO });
  const head = 'POST /resource_providers HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 2\r\n';
  const json = 'content-type: application/json\r\nconnection: close\r\n';
  const wanted = await server.raw(`${head}${json}x-auth-token: user\r\n\r\n{}`);
  assert.match(wanted, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  assert.match(await server.raw(`${head}${json}\r\n{}`), /^HTTP\/1\.1 401 /);
  const other = await server.raw('GET / HTTP/1.1\r\nhost: h\r\nexpect: miracles\r\nconnection: close\r\n\r\n');
  assert.match(other, /^HTTP\/1\.1 200 [\s\S]*x-openstack-request-id/);
});
