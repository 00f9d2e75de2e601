// What is asked of Keystone about a token, and what is taken from its answer (operations §2.5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../../src/auth/caller.ts';
import { asker, user } from './asking.ts';
import { startKeystone, tokenOf } from './scripted-keystone.ts';

test('the caller is the user of the token', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1', { roles: [{ name: 'member' }, { name: 'reader' }] }));
  assert.deepEqual(await asker(keystone.url).caller(user('token-1')), {
    userId: 'user-1',
    projectId: 'project-of-user-1',
    domainId: null,
    userDomainId: 'user-domain',
    projectDomainId: 'project-domain',
    systemScope: null,
    roles: ['member', 'reader'],
    isAdminProject: true,
    serviceUserId: null,
    serviceProjectId: null,
    serviceUserDomainId: null,
    serviceProjectDomainId: null,
    serviceRoles: [],
  } satisfies Caller);
});

const scopes: readonly (readonly [what: string, more: Record<string, unknown>, expected: Partial<Caller>])[] = [
  ['the system', { project: undefined, system: { all: true } }, { systemScope: 'all', projectId: null }],
  ['not the whole system', { project: undefined, system: { all: false } }, { systemScope: null }],
  ['a domain', { project: undefined, domain: { id: 'd-1' } }, { domainId: 'd-1', projectId: null }],
  ['nothing', { project: undefined, roles: undefined }, { projectId: null, roles: [] }],
  ['no admin project', { is_admin_project: false }, { isAdminProject: false }],
];
for (const [what, more, expected] of scopes) {
  test(`a token for ${what}`, async (t) => {
    const keystone = await startKeystone(t);
    keystone.tokens.set('token-1', tokenOf('user-1', more));
    const caller = await asker(keystone.url).caller(user('token-1'));
    assert.deepEqual({ ...caller, ...expected }, caller);
  });
}

test('the question carries both tokens, and nothing is contacted before the first', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status } = asker(keystone.url);
  assert.equal(keystone.asked.length, 0);
  assert.equal(await status(user('  token-1 ')), 200);
  assert.deepEqual(
    keystone.asked.map(({ step }) => step),
    ['discover', 'login', 'validate'],
  );
  const question = keystone.asked.at(-1);
  assert.equal(question?.path, '/v3/auth/tokens');
  assert.equal(question?.query, '?nocatalog');
  assert.equal(question?.headers['x-auth-token'], 'service-1');
  assert.equal(question?.headers['x-subject-token'], 'token-1');
  assert.equal(question?.headers['openstack-identity-access-rules'], '1');
  assert.equal(question?.headers.accept, 'application/json');
});

test('the catalog is asked for only where access rules need it', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  await asker(keystone.url, { serviceType: 'placement' }).status(user('token-1'));
  assert.equal(keystone.asked.at(-1)?.query, '');
  await asker(keystone.url, { serviceType: 'placement', includeServiceCatalog: false }).status(user('token-1'));
  assert.equal(keystone.asked.at(-1)?.query, '?nocatalog');
});

test('the token may come in X-Storage-Token; an empty one is none', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status } = asker(keystone.url);
  assert.equal(await status({ 'x-storage-token': 'token-1' }), 200);
  assert.equal(await status({ 'x-auth-token': '', 'x-storage-token': 'token-1' }), 200);
  for (const headers of [{}, { 'x-auth-token': '' }, { 'x-auth-token': ' ', 'x-storage-token': '' }]) {
    assert.equal(await status(headers), 401);
  }
});

test('headers about the identity that a client sends itself count for nothing', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { caller } = asker(keystone.url);
  const plain = await caller(user('token-1'));
  const forged = await caller({
    ...user('token-1'),
    'x-roles': 'admin',
    'x-project-id': 'other',
    'x-user-id': 'other',
    'x-service-roles': 'service',
    'x-is-admin-project': 'False',
    'openstack-system-scope': 'all',
  });
  assert.deepEqual(forged, plain);
});

test('what cannot be a token is refused without a question', async (t) => {
  const keystone = await startKeystone(t);
  const { status } = asker(keystone.url);
  assert.equal(await status({ 'x-auth-token': ['one', 'two'].join(', ') }), 401);
  assert.equal(await status(user('tökén')), 401);
  assert.equal(keystone.asked.length, 0);
});

test('the refusal has the body and the header of Keystone', async (t) => {
  const keystone = await startKeystone(t);
  assert.deepEqual(await asker(keystone.url).ask(user('unknown')), {
    kind: 'unauthorized',
    headers: {
      'content-type': 'application/json',
      'www-authenticate': 'Keystone uri="https://keystone.example.com/"',
    },
    body: {
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    },
  });
});
