// Who is calling according to noauth2 (operations §2.2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller, RequestHeaders } from '../../src/auth/caller.ts';
import { createAuthenticator } from '../../src/auth/create-authenticator.ts';

const REQUEST = { method: 'GET', path: '/traits' };

async function callerOf(headers: RequestHeaders): Promise<Caller> {
  const result = await createAuthenticator('noauth2').authenticate(headers, REQUEST);
  if (result.kind !== 'caller') throw new Error(`refused: ${result.kind}`);
  return result.caller;
}

const rows: readonly (readonly [what: string, headers: RequestHeaders, expected: Partial<Caller>])[] = [
  ['admin', { 'x-auth-token': 'admin' }, { userId: 'admin', projectId: 'admin', roles: ['admin'] }],
  ['another user', { 'x-auth-token': 'bob' }, { userId: 'bob', projectId: 'bob', roles: [] }],
  ['another case of admin', { 'x-auth-token': 'Admin' }, { userId: 'Admin', roles: [] }],
  ['user and project', { 'x-auth-token': 'admin:p' }, { userId: 'admin', projectId: 'p', roles: ['admin'] }],
  ['the first colon', { 'x-auth-token': 'a:b:c' }, { userId: 'a', projectId: 'b:c' }],
  ['no user', { 'x-auth-token': ':p' }, { userId: '', projectId: 'p' }],
  ['an empty project', { 'x-auth-token': 'a:' }, { userId: 'a', projectId: 'a' }],
  ['an empty token', { 'x-auth-token': '' }, { userId: '', projectId: '', roles: [] }],
  ['roles', { 'x-auth-token': 'u', 'x-roles': 'admin, Reader ,x' }, { roles: ['admin', 'Reader', 'x'] }],
  ['empty roles', { 'x-auth-token': 'admin', 'x-roles': '' }, { roles: [] }],
  ['repeated roles', { 'x-auth-token': 'u', 'x-roles': ['a', 'b'] }, { roles: ['a', 'b'] }],
  ['a project header', { 'x-auth-token': 'u:p', 'x-project-id': 'q' }, { userId: 'u', projectId: 'q' }],
  [
    'system scope',
    { 'x-auth-token': 'u:p', 'openstack-system-scope': 'all' },
    { userId: 'u', projectId: null, systemScope: 'all' },
  ],
  [
    'an empty system scope',
    { 'x-auth-token': 'u:p', 'openstack-system-scope': '' },
    { projectId: 'p', systemScope: null },
  ],
  ['a domain', { 'x-auth-token': 'u', 'x-domain-id': 'd' }, { domainId: 'd' }],
  [
    'domains of user and project',
    { 'x-auth-token': 'u', 'x-user-domain-id': 'ud', 'x-project-domain-id': 'pd' },
    { userDomainId: 'ud', projectDomainId: 'pd', domainId: null },
  ],
  ['an admin project by default', { 'x-auth-token': 'u' }, { isAdminProject: true }],
  ['no admin project', { 'x-auth-token': 'u', 'x-is-admin-project': 'False' }, { isAdminProject: false }],
  [
    'a service',
    { 'x-auth-token': 'u', 'x-service-roles': 'service', 'x-service-user-id': 'nova', 'x-service-project-id': 's' },
    { userId: 'u', roles: [], serviceUserId: 'nova', serviceProjectId: 's', serviceRoles: ['service'] },
  ],
];

for (const [what, headers, expected] of rows) {
  test(`noauth2: ${what}`, async () => {
    assert.deepEqual({ ...(await callerOf(headers)), ...expected }, await callerOf(headers));
  });
}

test('noauth2: no token is 401 with a body of its own form', async () => {
  const result = await createAuthenticator('noauth2').authenticate({ 'x-roles': 'admin' }, REQUEST);
  assert.equal(result.kind, 'unauthorized');
  const { message, ...rest } = Object.fromEntries(
    Object.entries(result.kind === 'unauthorized' ? (result.body ?? {}) : {}),
  );
  assert.deepEqual(rest, { code: '401 Unauthorized', title: 'Unauthorized' });
  assert.equal(typeof message, 'string');
  assert.ok(result.kind === 'unauthorized' && !('www-authenticate' in result.headers));
});
