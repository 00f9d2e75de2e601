// Application credentials that may be used for some requests only (operations §2.8).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPath } from '../../../src/auth/keystone/access-rules.ts';
import { asker, user, withService } from './asking.ts';
import { startKeystone, tokenOf } from './scripted-keystone.ts';

const patterns: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
  ['/traits', '/traits', true],
  ['/traits', '/traits/', false],
  ['/traits', '/trait', false],
  ['/traits/*', '/traits/HW_CPU', true],
  ['/traits/*', '/traits/', false],
  ['/traits/*', '/traits/a/b', false],
  ['/traits/{name}', '/traits/HW_CPU', true],
  ['/traits/{name}', '/traits/a/b', false],
  ['/{a}/x{b}y', '/1/xzy', true],
  ['/{a}/x{b}y', '/1/xy', false],
  ['/resource_providers/{uuid}/inventories/*', '/resource_providers/u/inventories/VCPU', true],
  ['/resource_providers/**', '/resource_providers/u/inventories/VCPU', true],
  ['/resource_providers/**', '/resource_providers/', true],
  ['/resource_providers/**', '/resource_providers', false],
  ['**', '', true],
  ['**', '/anything/at/all', true],
  ['/**/usages', '/resource_providers/u/usages', true],
  ['/**/usages', '/usages', false],
  ['/*/*', '/a/b', true],
  ['/*/*', '/a', false],
  ['***', '/a', true],
  ['/a.c', '/abc', false],
  ['/a+', '/aa', false],
  ['/[ab]', '/a', false],
  ['/{open', '/{open', true],
  ['/{open', '/x', false],
  ['', '', true],
  ['', '/', false],
];
for (const [pattern, path, matches] of patterns) {
  test(`${pattern} ${matches ? 'describes' : 'does not describe'} ${path}`, () => {
    assert.equal(matchesPath(pattern, path), matches);
  });
}

test('a pattern made to keep a matcher busy does not', () => {
  assert.equal(matchesPath('**a'.repeat(40), 'a'.repeat(8000)), true);
  assert.equal(matchesPath(`${'*{x}**a'.repeat(18)}b`, 'a'.repeat(8000)), false);
});

const CATALOG = [{ type: 'placement', endpoints: [] }, { type: 'compute' }];
const RULES = [
  { id: '1', service: 'placement', method: 'GET', path: '/placement/traits/*' },
  { id: '2', service: 'compute', method: 'PUT', path: '**' },
  { id: '3', service: 'placement', method: 'PUT', path: 7 },
  null,
];
const restricted = (rules: unknown, catalog: unknown = CATALOG) =>
  tokenOf('user-1', { application_credential: { id: 'c', restricted: true, access_rules: rules }, catalog });

const GET = { method: 'GET', path: '/placement/traits/X' };
const PUT = { method: 'PUT', path: '/placement/traits/X' };

test('a rule allows its method and path, others are refused', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', restricted(RULES));
  const { status } = asker(keystone.url, { serviceType: 'placement' });
  assert.equal(await status(user('token-1'), GET), 200);
  assert.equal(await status(user('token-1'), PUT), 401);
  assert.equal(await status(user('token-1'), { method: 'GET', path: '/placement/usages' }), 401);
  assert.equal(keystone.count('validate'), 1, 'the rules are remembered with the token');
});

test('no rules at all allow nothing; a credential without rules everything', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('none', restricted([]));
  keystone.tokens.set('free', tokenOf('user-1', { application_credential: { id: 'c', restricted: true } }));
  keystone.tokens.set('null', restricted(null));
  const { status } = asker(keystone.url, { serviceType: 'placement' });
  assert.equal(await status(user('none'), GET), 401);
  assert.equal(await status(user('free'), GET), 200);
  assert.equal(await status(user('null'), GET), 200);
});

test('rules that cannot be read are trouble, not freedom', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', restricted('all'));
  assert.equal(await asker(keystone.url, { serviceType: 'placement' }).status(user('token-1'), GET), 503);
});

test('the service must know its own type, and be in the catalog', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', restricted(RULES));
  keystone.tokens.set('elsewhere', restricted(RULES, [{ type: 'compute' }]));
  keystone.tokens.set('no-catalog', restricted(RULES, null));
  assert.equal(await asker(keystone.url).status(user('token-1'), GET), 401);
  const { status } = asker(keystone.url, { serviceType: 'placement' });
  assert.equal(await status(user('elsewhere'), GET), 401);
  assert.equal(await status(user('no-catalog'), GET), 401);
});

test('a service may do more with the credential, if Placement is in the catalog', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', restricted([]));
  keystone.tokens.set('elsewhere', restricted([], [{ type: 'compute' }]));
  keystone.tokens.set('service', tokenOf('nova', { roles: [{ name: 'service' }] }));
  const { status } = asker(keystone.url, { serviceType: 'placement' });
  assert.equal(await status(withService('token-1', 'service'), PUT), 200);
  assert.equal(await status(withService('elsewhere', 'service'), PUT), 401);
});
