// Which ways of telling who calls there are, and where a service without any may listen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthenticator } from '../../src/auth/create-authenticator.ts';
import { assertMayListen, isLoopback } from '../../src/auth/loopback.ts';
import { StartRefusedError } from '../../src/auth/start-refused.ts';

const REQUEST = { method: 'GET', path: '/traits' };

test('development lets everyone do everything, with or without a token', async () => {
  for (const headers of [{}, { 'x-auth-token': 'x', 'x-roles': 'reader' }]) {
    const result = await createAuthenticator('development').authenticate(headers, REQUEST);
    assert.ok(result.kind === 'caller');
    assert.deepEqual(result.caller.roles, ['admin', 'service']);
    assert.deepEqual([result.caller.systemScope, result.caller.domainId], [null, null]);
  }
});

const hosts: readonly (readonly [host: string, loopback: boolean])[] = [
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['[::1]', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['LocalHost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['', false],
  ['128.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
];

for (const [host, loopback] of hosts) {
  test(`${host === '' ? 'no host' : host} is ${loopback ? '' : 'not '}the loopback interface`, () => {
    assert.equal(isLoopback(host), loopback);
  });
}

test('without authentication only the loopback interface is listened on, unless the setting says otherwise', () => {
  for (const strategy of ['noauth2', 'development'] as const) {
    assert.doesNotThrow(() => assertMayListen(strategy, '127.0.0.1', false));
    assert.doesNotThrow(() => assertMayListen(strategy, '0.0.0.0', true));
    assert.throws(
      () => assertMayListen(strategy, '0.0.0.0', false),
      (error) => error instanceof StartRefusedError && /\[berth\] allow_remote_noauth = true/.test(error.message),
    );
  }
  assert.doesNotThrow(() => assertMayListen('keystone', '0.0.0.0', false));
});
