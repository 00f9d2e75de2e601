// What is remembered of tokens, for how long and how many, and that one token is asked about once at a time
// (operations §2.7).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { ValidatedToken } from '../../../src/auth/keystone/token.ts';
import { TokenValidator } from '../../../src/auth/keystone/token-validator.ts';
import { ExpiringLru } from '../../../src/domain/expiring-lru.ts';
import { asker, user } from './asking.ts';
import { answerWith, hang, inMs, startKeystone, tokenOf } from './scripted-keystone.ts';

test('a token is asked about once, until the time of the cache is over', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status, pass } = asker(keystone.url);
  const counts: number[] = [];
  for (const ms of [0, 200_000, 99_000, 2000, 0]) {
    pass(ms);
    assert.equal(await status(user('token-1')), 200);
    counts.push(keystone.count('validate'));
  }
  assert.deepEqual(counts, [1, 1, 1, 2, 2]);
});

test('it is never remembered beyond its own end', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1', { expires_at: inMs(30_000) }));
  const { status, pass } = asker(keystone.url);
  assert.equal(await status(user('token-1')), 200);
  pass(29_000);
  assert.equal(await status(user('token-1')), 200);
  assert.equal(keystone.count('validate'), 1);
  pass(2000);
  assert.equal(await status(user('token-1')), 401);
});

test('an end without a zone is in UTC', async (t) => {
  const keystone = await startKeystone(t);
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Kiritimati';
  t.after(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  keystone.tokens.set('token-1', tokenOf('user-1', { expires_at: inMs(30_000).replace('Z', '') }));
  assert.equal(await asker(keystone.url).status(user('token-1')), 200);
});

test('the memory serves while Keystone is down', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status } = asker(keystone.url);
  assert.equal(await status(user('token-1')), 200);
  keystone.always.validate = answerWith(500);
  assert.equal(await status(user('token-1')), 200);
  assert.equal(await status(user('token-2')), 503);
});

test('a token that is revoked is good until it is asked about again', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status, pass } = asker(keystone.url);
  await status(user('token-1'));
  keystone.tokens.clear();
  assert.equal(await status(user('token-1')), 200);
  pass(300_000);
  assert.equal(await status(user('token-1')), 401);
});

test('without a cache every request asks, and a revoked token is refused at once', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  const { status } = asker(keystone.url, { tokenCacheMs: 0 });
  assert.deepEqual([await status(user('token-1')), await status(user('token-1'))], [200, 200]);
  keystone.tokens.clear();
  assert.deepEqual([await status(user('token-1')), await status(user('token-1'))], [401, 401]);
  assert.equal(keystone.count('validate'), 4);
});

test('a refusal is remembered for five seconds, trouble not at all', async (t) => {
  const keystone = await startKeystone(t);
  const { status, pass } = asker(keystone.url);
  for (let request = 0; request < 10; request++) assert.equal(await status(user('token-1')), 401);
  assert.equal(keystone.count('validate'), 1);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  pass(5000);
  assert.equal(await status(user('token-1')), 200);

  keystone.next.validate.push(answerWith(500));
  keystone.tokens.set('token-2', tokenOf('user-2'));
  assert.equal(await status(user('token-2')), 503);
  assert.equal(await status(user('token-2')), 200);
});

test('two hundred requests with one token: one login and one question', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  keystone.delayMs = 20;
  const { status } = asker(keystone.url);
  const all = await Promise.all(Array.from({ length: 200 }, () => status(user('token-1'))));
  assert.deepEqual(new Set(all), new Set([200]));
  assert.deepEqual([keystone.count('login'), keystone.count('validate')], [1, 1]);
});

test('two hundred requests with as many tokens: one login, a question each, and connections are used again', async (t) => {
  const keystone = await startKeystone(t);
  let connections = 0;
  keystone.server.on('connection', () => {
    connections++;
  });
  const tokens = Array.from({ length: 200 }, (_, index) => `token-${index}`);
  for (const token of tokens) keystone.tokens.set(token, tokenOf(`user of ${token}`));
  const { caller } = asker(keystone.url);
  const callers = await Promise.all(tokens.map((token) => caller(user(token))));
  assert.deepEqual(
    callers.map(({ userId }) => userId),
    tokens.map((token) => `user of ${token}`),
  );
  assert.deepEqual([keystone.count('login'), keystone.count('validate')], [1, 200]);
  assert.ok(connections <= 32, `${connections} connections`);
});

test('two hundred refused requests with as many tokens end, each with its own answer', async (t) => {
  const keystone = await startKeystone(t);
  keystone.always.validate = answerWith(401);
  const { status } = asker(keystone.url);
  const all = await Promise.all(Array.from({ length: 200 }, (_, index) => status(user(`token-${index}`))));
  assert.deepEqual(new Set(all), new Set([503]));
  assert.ok(keystone.count('login') <= 40, `${keystone.count('login')} logins`);
});

test('a kept connection that Keystone has closed is replaced without a failure', async (t) => {
  const keystone = await startKeystone(t);
  const { status } = asker(keystone.url, { retriesMax: 0 });
  keystone.tokens.set('token-1', tokenOf('user-1'));
  keystone.tokens.set('token-2', tokenOf('user-2'));
  assert.equal(await status(user('token-1')), 200);
  keystone.server.closeIdleConnections();
  assert.equal(await status(user('token-2')), 200);
});

test('no more than a thousand questions wait for Keystone', async (t) => {
  const keystone = await startKeystone(t);
  keystone.always.validate = hang;
  const { status, journal } = asker(keystone.url, { requestTimeoutMs: 500, retriesMax: 0 });
  await Promise.all(Array.from({ length: 1001 }, (_, index) => status(user(`token-${index}`))));
  assert.ok(journal.some((line) => /1000 tokens are waiting/.test(line)));
});

test('the memory is bounded, and keeps what is used', async () => {
  let now = 0;
  const lru = new ExpiringLru<string>(3, () => now);
  for (const key of ['a', 'b', 'c']) lru.set(key, key, 100);
  assert.equal(lru.get('a'), 'a');
  lru.set('d', 'd', 100);
  assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c'), lru.get('d')], ['a', undefined, 'c', 'd']);
  lru.set('e', 'e', 0);
  assert.equal(lru.get('e'), undefined);
  now = 100;
  assert.equal(lru.get('a'), undefined);
  for (let index = 0; index < 1000; index++) lru.set(String(index), 'x', 200);
  assert.equal(lru.size, 3);
});

test('the memory of tokens is bounded, and holds none of them', async () => {
  const asked: string[] = [];
  const good: ValidatedToken = {
    expiresAt: Date.now() + 1_000_000,
    userId: 'u',
    userDomainId: null,
    projectId: null,
    projectDomainId: null,
    domainId: null,
    systemScope: null,
    roles: [],
    isAdminProject: true,
    access: null,
  };
  const validator = new TokenValidator({
    ask: async (token) => {
      asked.push(token);
      return good;
    },
    cacheMs: 300_000,
    now: Date.now,
    acceptedMax: 2,
  });
  for (const token of ['one', 'two', 'one', 'three', 'one', 'two']) await validator.validate(token, false);
  assert.deepEqual(asked, ['one', 'two', 'three', 'two']);
  assert.doesNotMatch(inspect(validator, { depth: 9, showHidden: true }), /'(one|two|three)'/);
});
