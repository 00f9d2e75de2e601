// The service's own login (operations §2.3), and where tokens are validated after it (§2.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeystoneLogin } from '../../../src/config/settings.ts';
import { asker, user } from './asking.ts';
import { answerWith, catalogWith, inMs, type ScriptedKeystone, startKeystone, tokenOf } from './scripted-keystone.ts';

async function keystoneWithToken(t: Parameters<typeof startKeystone>[0]): Promise<ScriptedKeystone> {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  return keystone;
}

const password = (more: Partial<Extract<KeystoneLogin, { method: 'password' }>>): KeystoneLogin => ({
  method: 'password',
  user: { name: 'placement', domain: { name: 'Default' } },
  password: 'p',
  scope: { kind: 'project', project: { name: 'service', domain: { id: 'default' } } },
  ...more,
});
const passwordBody = (userReference: unknown, scope: unknown) => ({
  auth: { identity: { methods: ['password'], password: { user: userReference } }, scope },
});
const NAMED = { name: 'placement', domain: { name: 'Default' }, password: 'p' };
const IN_SERVICE = { project: { name: 'service', domain: { id: 'default' } } };
const credentialBody = (credential: unknown) => ({
  auth: { identity: { methods: ['application_credential'], application_credential: credential } },
});

const logins: readonly (readonly [what: string, login: KeystoneLogin, body: unknown])[] = [
  ['a user by name', password({}), passwordBody(NAMED, IN_SERVICE)],
  ['a user by id', password({ user: { id: 'u' } }), passwordBody({ id: 'u', password: 'p' }, IN_SERVICE)],
  [
    'a project by id',
    password({ scope: { kind: 'project', project: { id: 'p' } } }),
    passwordBody(NAMED, { project: { id: 'p' } }),
  ],
  ['the system', password({ scope: { kind: 'system' } }), passwordBody(NAMED, { system: { all: true } })],
  [
    'a domain',
    password({ scope: { kind: 'domain', domain: { name: 'd' } } }),
    passwordBody(NAMED, { domain: { name: 'd' } }),
  ],
  [
    'a trust',
    password({ scope: { kind: 'trust', trustId: 't' } }),
    passwordBody(NAMED, { 'OS-TRUST:trust': { id: 't' } }),
  ],
  [
    'an application credential by id',
    { method: 'application-credential', id: 'c', secret: 's' },
    credentialBody({ id: 'c', secret: 's' }),
  ],
  [
    'an application credential by name',
    { method: 'named-application-credential', name: 'c', user: { name: 'n', domain: { id: 'd' } }, secret: 's' },
    credentialBody({ name: 'c', user: { name: 'n', domain: { id: 'd' } }, secret: 's' }),
  ],
];
for (const [what, login, body] of logins) {
  test(`login with ${what}`, async (t) => {
    const keystone = await keystoneWithToken(t);
    assert.equal(await asker(keystone.url, { login }).status(user('token-1')), 200);
    assert.deepEqual(keystone.asked.find(({ step }) => step === 'login')?.body, body);
  });
}

const addresses: readonly (readonly [path: string, discover: boolean, steps: string])[] = [
  ['', true, 'discover / login /v3/auth/tokens validate /v3/auth/tokens'],
  ['/v3', true, 'discover /v3 login /v3/auth/tokens validate /v3/auth/tokens'],
  ['', false, 'login /v3/auth/tokens validate /v3/auth/tokens'],
  ['/', false, 'login /v3/auth/tokens validate /v3/auth/tokens'],
  ['/v3', false, 'login /v3/auth/tokens validate /v3/auth/tokens'],
  ['/v3/', false, 'login /v3/auth/tokens validate /v3/auth/tokens'],
  ['/identity', false, 'login /identity/v3/auth/tokens validate /v3/auth/tokens'],
];
for (const [path, discover, steps] of addresses) {
  test(`auth_url ${path === '' ? 'without a path' : path}, ${discover ? '' : 'not '}discovered`, async (t) => {
    const keystone = await keystoneWithToken(t);
    await asker(`${keystone.url}${path}`, { discoverVersion: discover }).status(user('token-1'));
    assert.equal(keystone.asked.map((one) => `${one.step} ${one.path}`).join(' '), steps);
  });
}

const selfLink = (href: string) => ({ id: 'v3.14', links: [{ rel: 'self', href }] });
const documents: readonly (readonly [what: string, document: unknown, login: string | null])[] = [
  ['a list', { versions: [{ id: 'v2.0' }, selfLink('/sub/v3/')] }, '/sub/v3/auth/tokens'],
  ['one version', { version: selfLink('/sub/v3') }, '/sub/v3/auth/tokens'],
  ['a relative link', { versions: { values: [selfLink('v3/')] } }, '/v3/auth/tokens'],
  ['v2 only', { versions: { values: [{ id: 'v2.0', links: [{ rel: 'self', href: '/v2.0' }] }] } }, null],
  ['a link of another kind', { version: selfLink('file:///v3') }, null],
  ['no links', { version: { id: 'v3.14' } }, null],
  ['nonsense', { versions: { values: 'v3' }, version: [1, null] }, null],
];
for (const [what, document, path] of documents) {
  test(`a version document with ${what}`, async (t) => {
    const keystone = await keystoneWithToken(t);
    keystone.next.discover.push(answerWith(200, JSON.stringify(document)));
    assert.equal(await asker(keystone.url).status(user('token-1')), path === null ? 503 : 200);
    assert.equal(keystone.asked.find(({ step }) => step === 'login')?.path ?? null, path);
  });
}

test('without a version document an auth_url that names v3 is used as it is', async (t) => {
  for (const path of ['/v3', '/v3/', '/identity/v3']) {
    const keystone = await keystoneWithToken(t);
    keystone.always.discover = answerWith(500);
    assert.equal(await asker(`${keystone.url}${path}`).status(user('token-1')), 200);
  }
});

test('a version document may have moved', async (t) => {
  const keystone = await keystoneWithToken(t);
  keystone.next.discover.push(answerWith(301, '', { location: '/identity/' }));
  assert.equal(await asker(`${keystone.url}/identity`).status(user('token-1')), 200);
  keystone.always.discover = answerWith(302, '', { location: '/identity/' });
  assert.equal(await asker(`${keystone.url}/identity`).status(user('token-1')), 503, 'not in a circle');
});

const endpoints: readonly (readonly [path: string, discovered: boolean, validation: string])[] = [
  ['/v3', true, '/v3/auth/tokens'],
  ['/identity/v3/', true, '/identity/v3/auth/tokens'],
  ['', true, '/v3/auth/tokens'],
  ['/identity', false, '/identity/v3/auth/tokens'],
  ['/identity/v2.0', false, '/identity/v3/auth/tokens'],
];
for (const [path, discovered, validation] of endpoints) {
  test(`the endpoint ${path === '' ? 'without a path' : path}, ${discovered ? '' : 'not '}telling its versions`, async (t) => {
    const keystone = await keystoneWithToken(t);
    keystone.service.catalog = catalogWith(`${keystone.url}${path}`);
    if (!discovered) keystone.always.discover = answerWith(500);
    const { status } = asker(keystone.url, { discoverVersion: false });
    assert.equal(await status(user('token-1')), 200);
    assert.equal(keystone.asked.at(-1)?.path, validation);
  });
}

test('the endpoint is taken by interface and region', async (t) => {
  const keystone = await keystoneWithToken(t);
  const at = (name: string) => ({ url: `${keystone.url}/${name}/v3` });
  keystone.service.catalog = [
    {
      type: 'identity',
      endpoints: [
        { interface: 'public', region: 'one', ...at('public-one') },
        { interface: 'internal', region: 'one', ...at('internal-one') },
        { interface: 'internal', region_id: 'two', region: 'old', ...at('internal-two') },
        { interface: 'admin', region: 'two', ...at('admin-two') },
      ],
    },
  ];
  for (const [choice, name] of [
    [{ interface: 'internal', region: null }, 'internal-one'],
    [{ interface: 'internal', region: 'two' }, 'internal-two'],
    [{ interface: 'public', region: 'one' }, 'public-one'],
    [{ interface: 'admin', region: null }, 'admin-two'],
  ] as const) {
    await asker(keystone.url, { endpoint: choice }).status(user('token-1'));
    assert.equal(keystone.asked.at(-1)?.path, `/${name}/v3/auth/tokens`);
  }
});

test('the own token is kept until less than 120 s of it are left', async (t) => {
  const keystone = await keystoneWithToken(t);
  const { status, pass } = asker(keystone.url, { tokenCacheMs: 0 });
  let passed = 0;
  for (const [ms, count] of [
    [0, 1],
    [875_000, 1],
    [6000, 2],
    [0, 2],
  ] as const) {
    pass(ms);
    passed += ms;
    keystone.service.expiresInMs = passed + 1_000_000;
    keystone.tokens.set('token-1', tokenOf('user-1', { expires_at: inMs(10_000_000) }));
    assert.equal(await status(user('token-1')), 200);
    assert.equal(keystone.count('login'), count);
  }
  assert.equal(keystone.count('discover'), 1, 'where to log in is found once');
});

test('an own token that never lives that long is used all the same', async (t) => {
  const keystone = await keystoneWithToken(t);
  keystone.service.expiresInMs = 60_000;
  assert.equal(await asker(keystone.url).status(user('token-1')), 200);
});

test('a login that failed is not repeated for a second, then it is', async (t) => {
  const keystone = await keystoneWithToken(t);
  keystone.always.login = answerWith(401);
  const { status, pass } = asker(keystone.url);
  for (let request = 0; request < 20; request++) assert.equal(await status(user('token-1')), 503);
  assert.equal(keystone.count('login'), 2);
  delete keystone.always.login;
  pass(1000);
  assert.equal(await status(user('token-1')), 200);
});
