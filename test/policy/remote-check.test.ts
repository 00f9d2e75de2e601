// Checks that another server answers (operations §3.6), against a real one.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { caller, enforcerWith, remote } from './enforcing.ts';

interface Asked {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** A server that answers every question with this text and status; null: never. */
async function serve(t: TestContext, answer: string | null, status = 200) {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body });
    if (answer !== null) response.writeHead(status).end(answer);
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { asked, port: isAddress(address) ? address.port : 0 };
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return address !== null && typeof address === 'object';
}

const rule = (port: number, more = '') =>
  `"placement:traits:list": "${more}http://127.0.0.1:${port}/check/%(project_id)s"`;

const answers: readonly (readonly [answer: string, status: number, passes: boolean])[] = [
  ['True', 200, true],
  ['"True"', 200, true],
  ['true', 200, false],
  ['False', 200, false],
  ['True\n', 200, false],
  ['', 200, false],
  ['True'.repeat(1000), 200, false],
  ['True', 500, false],
];
for (const [answer, status, passes] of answers) {
  test(`the answer ${JSON.stringify(answer.slice(0, 12))} with ${status} ${passes ? 'lets' : 'does not let'} in`, async (t) => {
    const { port } = await serve(t, answer, status);
    const enforcer = await enforcerWith(t, { 'policy.yaml': rule(port) });
    assert.equal(await enforcer.admits('x'), passes);
  });
}

test('the question is a form of three fields, each holding JSON', async (t) => {
  const { port, asked } = await serve(t, 'True');
  const enforcer = await enforcerWith(t, { 'policy.yaml': rule(port) });
  await enforcer.admits('x');
  assert.equal(asked[0]?.path, '/check/p');
  assert.equal(asked[0]?.type, 'application/x-www-form-urlencoded');
  const form = new URLSearchParams(asked[0]?.body);
  assert.deepEqual([...form.keys()], ['rule', 'target', 'credentials']);
  assert.equal(JSON.parse(form.get('rule') ?? ''), 'placement:traits:list');
  assert.deepEqual(JSON.parse(form.get('target') ?? ''), { project_id: 'p', user_id: 'u' });
  assert.deepEqual(JSON.parse(form.get('credentials') ?? '').roles, ['x']);
});

test('or one JSON object', async (t) => {
  const { port, asked } = await serve(t, 'True');
  const options = { remote: { ...remote, contentType: 'application/json' } as const };
  const enforcer = await enforcerWith(t, { 'policy.yaml': rule(port) }, options);
  assert.equal(await enforcer.admits('x'), true);
  assert.equal(asked[0]?.type, 'application/json');
  assert.deepEqual(Object.keys(JSON.parse(asked[0]?.body ?? '')), ['rule', 'target', 'credentials']);
});

test('no answer in time refuses, also behind not, and is said once without who called', async (t) => {
  const { port } = await serve(t, null);
  const options = { remote: { ...remote, timeoutMs: 50 } };
  for (const more of ['', 'not ']) {
    const enforcer = await enforcerWith(t, { 'policy.yaml': rule(port, more) }, options);
    assert.equal(await enforcer.admits('x'), false);
    assert.equal(await enforcer.admits('x'), false);
    assert.equal(enforcer.trouble.length, 1);
    assert.match(enforcer.trouble[0] ?? '', /http:\/\/127\.0\.0\.1:\d+\/check\/%\(project_id\)s got no usable answer/);
  }
});

test('nobody there, or no URL at all, refuses', async (t) => {
  for (const url of ['http://127.0.0.1:1/', 'http:nowhere:x', 'https://127.0.0.1:1/']) {
    const enforcer = await enforcerWith(t, { 'policy.yaml': `"placement:traits:list": "${url}"` });
    assert.equal(await enforcer.allows('placement:traits:list', caller(), { project_id: 'p' }), false);
  }
});
