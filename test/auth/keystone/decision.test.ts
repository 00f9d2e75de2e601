// Who is let in when a service's token comes with the user's (operations §2.6), row by row.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asker, user, withService } from './asking.ts';
import { inMs, type ScriptedKeystone, startKeystone, tokenOf } from './scripted-keystone.ts';

const SERVICE = [{ name: 'admin' }, { name: 'service' }];
const NO_SERVICE = [{ name: 'admin' }];

function know(keystone: ScriptedKeystone): void {
  keystone.tokens.set('good', tokenOf('user-1'));
  keystone.tokens.set('ended', { ...tokenOf('user-1', { expires_at: inMs(-60_000) }), ended: true });
  keystone.tokens.set('service', tokenOf('nova', { roles: SERVICE }));
  keystone.tokens.set('no-service', tokenOf('nova', { roles: NO_SERVICE }));
  keystone.tokens.set('ended-service', {
    ...tokenOf('nova', { roles: SERVICE, expires_at: inMs(-60_000) }),
    ended: true,
  });
}

const rows: readonly (readonly [service: string, user: string, required: boolean, status: 200 | 401])[] = [
  ['unknown', 'good', true, 401],
  ['unknown', 'good', false, 401],
  ['ended-service', 'good', true, 401],
  ['ended-service', 'ended', false, 401],
  ['service', 'good', true, 200],
  ['service', 'ended', true, 200],
  ['service', 'ended', false, 200],
  ['service', 'unknown', true, 401],
  ['no-service', 'good', true, 401],
  ['no-service', 'ended', true, 401],
  ['no-service', 'good', false, 200],
  ['no-service', 'ended', false, 401],
];
for (const [service, userToken, required, status] of rows) {
  const what = `${service} with ${userToken}, roles ${required ? '' : 'not '}required`;
  test(`${what}: ${status}`, async (t) => {
    const keystone = await startKeystone(t);
    know(keystone);
    const one = asker(keystone.url, { serviceTokenRolesRequired: required });
    assert.equal(await one.status(withService(userToken, service)), status);
    assert.equal(await one.status(withService(userToken, service)), status, 'the same from memory');
  });
}

test('a token that has ended is refused by its end, also if Keystone would not say so', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('ended', tokenOf('user-1', { expires_at: inMs(-1000) }));
  assert.equal(await asker(keystone.url).status(user('ended')), 401);
});

test('an empty service token is none', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  assert.equal(await asker(keystone.url).status(withService('good', ' ')), 200);
});

test('a service without a user is refused', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  assert.equal(await asker(keystone.url).status({ 'x-service-token': 'service' }), 401);
  assert.equal(keystone.asked.length, 0);
});

test('the caller is the user; the service shows in its own attributes only', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('system', tokenOf('user-1', { project: undefined, system: { all: true } }));
  keystone.tokens.set('good', tokenOf('user-1'));
  keystone.tokens.set('service', tokenOf('nova', { roles: SERVICE }));
  keystone.tokens.set('system-service', tokenOf('nova', { roles: SERVICE, project: undefined, system: { all: true } }));
  const one = asker(keystone.url);
  const system = await one.caller(withService('system', 'service'));
  assert.equal(system.systemScope, 'all');
  assert.deepEqual(
    [system.serviceUserId, system.serviceProjectId, system.serviceRoles, system.serviceUserDomainId],
    ['nova', 'project-of-nova', ['admin', 'service'], 'user-domain'],
  );
  const inProject = await one.caller(withService('good', 'system-service'));
  assert.deepEqual([inProject.userId, inProject.systemScope, inProject.roles], ['user-1', null, ['member']]);
  const alone = await one.caller(user('good'));
  assert.deepEqual([alone.serviceUserId, alone.serviceRoles], [null, []]);
});

test('several roles may make a service', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  const one = asker(keystone.url, { serviceTokenRoles: ['other', 'admin'] });
  assert.equal(await one.status(withService('ended', 'no-service')), 200);
});

test('a service token without its role is warned about once', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  const one = asker(keystone.url, { serviceTokenRolesRequired: false });
  for (let time = 0; time < 3; time++) {
    await one.status(withService('good', 'no-service'));
    one.pass(120_000);
  }
  assert.equal(one.journal.length, 1);
  assert.match(one.journal[0] ?? '', /^warn: .*service_token_roles_required/);
});

test('an ended token is let in only together with a service, also after it was let in', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  const one = asker(keystone.url);
  assert.equal(await one.status(user('ended')), 401);
  assert.equal(await one.status(withService('ended', 'service')), 200);
  assert.equal(await one.status(user('ended')), 401);
});

test('the repeated question after a refusal of our own token still allows ended ones', async (t) => {
  const keystone = await startKeystone(t);
  know(keystone);
  const one = asker(keystone.url);
  await one.status(withService('good', 'service'));
  keystone.next.validate.push((response) => response.writeHead(401).end());
  assert.equal(await one.status(withService('ended', 'service')), 200);
  assert.match(keystone.asked.at(-1)?.query ?? '', /allow_expired=1/);
});
