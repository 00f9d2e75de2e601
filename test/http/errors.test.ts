// The bodies of errors (http-api §1.10 to §1.12), and what is kept out of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseUnavailable, providerNameTaken } from '../../src/domain/errors/records.ts';
import { onlyError, startServer, type TestServerOptions } from './test-server.ts';

const PATH = '/resource_providers/a';

function failing(error: unknown): TestServerOptions {
  return {
    answers: {
      'GET /resource_providers/{uuid}': async () => {
        throw error;
      },
    },
  };
}

function at(minor: number): { headers: Record<string, string> } {
  return { headers: { 'openstack-api-version': `placement 1.${minor}` } };
}

test('an error is one object whose detail ends with the message', async (t) => {
  const server = await startServer(t, failing(providerNameTaken({ name: 'shared disk' })));
  const reply = await server.send('GET', PATH, at(23));
  assert.equal(reply.status, 409);
  assert.equal(reply.headers['content-type'], 'application/json');
  const { status, title, detail, code, request_id, ...others } = onlyError(reply);
  assert.deepEqual([status, title, code, others], [409, 'Conflict', 'placement.duplicate_name', {}]);
  assert.equal(request_id, reply.headers['x-openstack-request-id']);
  const lines = String(detail).split('\n');
  assert.equal(lines.length, 3);
  assert.equal(lines[1], '');
  assert.equal(lines[2], ' Conflicting resource provider name: shared disk already exists.  ');
});

test('the code appears at 1.23 and is absent before', async (t) => {
  const server = await startServer(t, failing(providerNameTaken({ name: 'a' })));
  assert.equal('code' in onlyError(await server.send('GET', PATH, at(22))), false);
  assert.equal('code' in onlyError(await server.send('GET', PATH, at(23))), true);
  assert.equal(onlyError(await server.send('GET', '/nowhere', at(23))).code, 'placement.undefined_code');
});

test('text from a client adds no line to the message and no markup to a page', async (t) => {
  const server = await startServer(t, failing(providerNameTaken({ name: 'a\n<b>"&\r\n\u2028c' })));
  const json = await server.send('GET', PATH);
  assert.match(
    String(onlyError(json).detail),
    /\n Conflicting resource provider name: a <b>"& c already exists\. {2}$/,
  );
  const html = await server.send('GET', PATH, { headers: { accept: 'application/json;q=0.1, text/html' } });
  assert.match(html.text, /name: a &lt;b&gt;&quot;&amp; c already exists/);
});

test('an unforeseen failure is a 500 that says nothing, and its kind and place are logged', async (t) => {
  const secret = 'INSERT INTO consumers (uuid) VALUES (dead-beef)\n    at /etc/secret';
  const server = await startServer(t, failing(new TypeError(secret)));
  for (const accept of ['application/json', 'text/html;q=0.1, application/json;q=0.01']) {
    const reply = await server.send('GET', PATH, { headers: { accept } });
    assert.equal(reply.status, 500);
    assert.doesNotMatch(reply.text, /INSERT|dead-beef|secret|TypeError|\.ts|node:/);
  }
  const reply = await server.send('GET', PATH, at(23));
  const { title, status, code } = onlyError(reply);
  assert.deepEqual([title, status, code], ['Internal Server Error', 500, 'placement.undefined_code']);
  const line = server.log.find((one) => one.level === 'error');
  assert.ok(line !== undefined);
  assert.match(JSON.stringify(line.err), /"kind":"TypeError".*errors\.test\.ts/);
  assert.doesNotMatch(server.logText(), /INSERT|dead-beef|secret/);
});

test('anything can be thrown without harm', async (t) => {
  for (const thrown of ['text', null, undefined, 0, { status: 200 }, Object.create(null)]) {
    const server = await startServer(t, failing(thrown));
    assert.equal((await server.send('GET', PATH)).status, 500);
  }
});

test('a failure of identity or policy is a 500 too, not a dropped connection', async (t) => {
  const server = await startServer(t, {
    authenticator: { authenticate: () => Promise.reject(new Error('token gAAAA')) },
  });
  const reply = await server.send('GET', PATH);
  assert.equal(onlyError(reply).status, 500);
  assert.doesNotMatch(reply.text + server.logText(), /gAAAA/);
});

test('503 asks to come back in a second', async (t) => {
  const server = await startServer(t, failing(databaseUnavailable({})));
  const reply = await server.send('GET', PATH);
  assert.deepEqual([reply.status, reply.headers['retry-after']], [503, '1']);
  assert.equal(onlyError(reply).title, 'Service Unavailable');
});

test("identity's own answers are passed on as they are", async (t) => {
  const unauthorized = await startServer(t);
  const refused = await unauthorized.send('GET', PATH, { headers: { 'x-auth-token': '', ...at(23).headers } });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers['www-authenticate'], 'Test');
  assert.equal(refused.headers['content-type'], 'application/json');
  assert.deepEqual([refused.headers['openstack-api-version'], refused.headers.vary], [undefined, undefined]);
  assert.deepEqual(JSON.parse(refused.text), { title: 'Unauthorized' });

  const away = await startServer(t, {
    authenticator: { authenticate: async () => ({ kind: 'unavailable', headers: {}, body: { code: '503' } }) },
  });
  const reply = await away.send('GET', PATH);
  assert.deepEqual([reply.status, reply.headers['retry-after'], reply.text], [503, '1', '{"code":"503"}']);
});
