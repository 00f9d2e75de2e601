// The authenticator behind the HTTP server: what reaches it of a request, and how its refusals leave.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createKeystoneAuthenticator } from '../../../src/auth/keystone/authenticator.ts';
import { startServer } from '../../http/test-server.ts';
import { keystoneSettings } from './asking.ts';
import { answerWith, type ScriptedKeystone, startKeystone, tokenOf } from './scripted-keystone.ts';

const CATALOG = [{ type: 'placement' }];

async function served(t: TestContext, mountPrefix = '') {
  const keystone: ScriptedKeystone = await startKeystone(t);
  const authenticator = createKeystoneAuthenticator({
    settings: keystoneSettings(keystone.url, { serviceType: 'placement', tokenCacheMs: 0 }),
    journal: { warn() {}, error() {} },
    firstPauseMs: 1,
  });
  const server = await startServer(t, { authenticator, mountPrefix });
  const status = async (method: string, path: string) =>
    (
      await server.send(method, path, {
        headers: { 'x-auth-token': 'token-1', 'openstack-api-version': 'placement 1.39' },
      })
    ).status;
  return { keystone, server, status };
}

test('a refusal comes before everything that is wrong with the request', async (t) => {
  const { server } = await served(t);
  const headers = { 'x-auth-token': 'unknown', 'openstack-api-version': 'placement 9.99' };
  const { status, headers: answered, text } = await server.send('PATCH', '/nowhere', { headers });
  assert.equal(status, 401);
  assert.equal(answered['www-authenticate'], 'Keystone uri="https://keystone.example.com/"');
  assert.equal(answered['content-type'], 'application/json');
  assert.equal(answered['openstack-api-version'], undefined);
  assert.equal(JSON.parse(text).error.code, 401);
});

test('trouble is 503 in a form of its own', async (t) => {
  const { keystone, server } = await served(t);
  keystone.always.validate = answerWith(500);
  const { status, headers, text } = await server.send('GET', '/traits', { headers: { 'x-auth-token': 'token-1' } });
  assert.equal(status, 503);
  assert.equal(headers['www-authenticate'], undefined);
  assert.match(String(headers['x-openstack-request-id']), /^req-/);
  assert.deepEqual(Object.keys(JSON.parse(text)), ['message', 'code', 'title']);
  assert.doesNotMatch(server.logText(), /token-1|user-1/);
});

test('the open path is not asked about', async (t) => {
  const { keystone, server } = await served(t, '/placement');
  for (const path of ['/placement', '/placement/']) {
    assert.notEqual((await server.send('GET', path)).status, 401);
  }
  assert.equal(keystone.asked.length, 0);
});

test('access rules see the path with the mount prefix, decoded, and without the query', async (t) => {
  const { keystone, status } = await served(t, '/placement');
  const rules = [{ service: 'placement', method: 'GET', path: '/placement/traits/{name}' }];
  keystone.tokens.set(
    'token-1',
    tokenOf('user-1', { application_credential: { access_rules: rules }, catalog: CATALOG }),
  );
  assert.equal(await status('GET', '/placement/traits/HW_X'), 200);
  assert.equal(await status('GET', '/placement/tr%61its/HW_X?x=1'), 200);
  assert.equal(await status('GET', '/placement/traits/a%2Fb'), 401);
  assert.equal(await status('DELETE', '/placement/traits/HW_X'), 401);
  assert.equal(await status('GET', '/placement/traits'), 401);
});
