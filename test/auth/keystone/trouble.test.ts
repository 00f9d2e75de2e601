// When Keystone misbehaves (operations §2.9): always an answer, 503 but for a token that it does not know, and a line in the
// log that names neither tokens nor people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeystoneSettings } from '../../../src/config/settings.ts';
import { asker, user } from './asking.ts';
import {
  answerWith,
  catalogWith,
  cut,
  cutInTheBody,
  type Fault,
  hang,
  hangInTheBody,
  notHttp,
  type ScriptedKeystone,
  startKeystone,
  tokenOf,
} from './scripted-keystone.ts';

const SECRETS = /token-1|user-1|the-password|service-\d|hidden/;
const usable = (token: unknown) => answerWith(200, JSON.stringify({ token }));

/** How often Keystone is asked at each step: discovery, login, validation. */
type Counts = readonly [discover: number, login: number, validate: number];

interface Row {
  readonly what: string;
  readonly always: ScriptedKeystone['always'];
  readonly status: 401 | 503;
  readonly counts: Counts;
  readonly says?: RegExp;
  readonly settings?: Partial<KeystoneSettings>;
}

const validation = (what: string, fault: Fault, attempts: number, more: Partial<Row> = {}): Row => ({
  what: `validation: ${what}`,
  always: { validate: fault },
  status: 503,
  counts: [1, 1, attempts],
  ...more,
});
const login = (what: string, fault: Fault, attempts: number, more: Partial<Row> = {}): Row => ({
  what: `login: ${what}`,
  always: { login: fault },
  status: 503,
  counts: [1, attempts, 0],
  ...more,
});

const QUICK = { requestTimeoutMs: 60 };
const rows: readonly Row[] = [
  validation('404', answerWith(404), 1, { status: 401 }),
  validation('200 without JSON', answerWith(200, '<html>'), 1, { says: /no usable v3 token/ }),
  validation('200 with an empty object', answerWith(200, '{}'), 1, { says: /no usable v3 token/ }),
  validation('200 with a token of v2', answerWith(200, '{"access": {"token": {"id": "token-1"}}}'), 1),
  validation('200 without a user', usable({ expires_at: '2999-01-01T00:00:00Z' }), 1),
  validation('200 without an end', usable({ user: { id: 'user-1' } }), 1),
  validation('200 with an end that is no time', usable({ user: { id: 'user-1' }, expires_at: 'soon' }), 1),
  validation('200 with strange roles', usable({ user: { id: 'u' }, expires_at: '2999-01-01', roles: 'admin' }), 1),
  validation('200 with a list', answerWith(200, '[]'), 1),
  validation('an endless answer', answerWith(200, ' '.repeat(5_000_000)), 1, { says: /longer than/ }),
  ...[204, 300, 302, 400, 403, 429, 500, 503].map((status) =>
    validation(`status ${status}`, answerWith(status), 1, { says: new RegExp(`status ${status}`) }),
  ),
  validation('our own token refused', answerWith(401), 3, { counts: [1, 3, 3], says: /service's own token/ }),
  // The first cut is on a connection that was kept, which does not count as an attempt.
  validation('the connection cut', cut, 5, { says: /ECONNRESET/ }),
  validation('the connection cut in the body', cutInTheBody, 4, { says: /ECONNRESET/ }),
  validation('no HTTP', notHttp, 4, { says: /HPE_/ }),
  validation('the connection cut, no retries', cut, 2, { settings: { retriesMax: 0 } }),
  validation('no answer', hang, 4, { settings: QUICK, says: /has not answered after 0\.06 s/ }),
  validation('half an answer', hangInTheBody, 4, { settings: QUICK, says: /has not answered/ }),
  login('a wrong password', answerWith(401), 2, { says: /status 401: see the credentials/ }),
  login('a wrong path', answerWith(404), 1, { says: /status 404: see \[keystone_authtoken\] auth_url/ }),
  login('status 500', answerWith(500), 1, { says: /status 500/ }),
  login('no token in the answer', answerWith(201, '{"token": {}}'), 1, { says: /status 201 and no usable token/ }),
  login('no JSON', answerWith(201, 'x', { 'x-subject-token': 'service-1' }), 1, { says: /no usable token/ }),
  login('the connection cut', cut, 2, { says: /ECONNRESET/ }),
  login('no answer', hang, 1, { settings: QUICK, says: /has not answered/ }),
  {
    what: 'discovery: no version document',
    always: { discover: answerWith(404) },
    status: 503,
    counts: [1, 0, 0],
    says: /no version document of Identity v3 at auth_url/,
  },
  {
    what: 'discovery: the connection cut',
    always: { discover: cut },
    status: 503,
    counts: [1, 0, 0],
    says: /ECONNRESET/,
  },
];

for (const { what, always, status, counts, says, settings } of rows) {
  test(what, async (t) => {
    const keystone = await startKeystone(t);
    keystone.tokens.set('token-1', tokenOf('user-1'));
    Object.assign(keystone.always, always);
    const one = asker(keystone.url, settings);
    assert.equal(await one.status(user('token-1')), status);
    assert.deepEqual([keystone.count('discover'), keystone.count('login'), keystone.count('validate')], counts);
    assert.equal(one.journal.length, status === 503 ? 1 : 0);
    assert.match(one.journal[0] ?? '', says ?? /^/);
    assert.doesNotMatch(one.journal.join(), SECRETS);
  });
}

test('nobody there, or no such host', async () => {
  for (const url of ['http://127.0.0.1:1', 'http://keystone.invalid:5000']) {
    const one = asker(url);
    assert.equal(await one.status(user('token-1')), 503);
    assert.match(one.journal[0] ?? '', /^error: tokens cannot be validated: the connection to http.*\(E[A-Z_]+\)$/);
  }
});

test('a short failure is bridged by further attempts, also of a slow one', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  keystone.next.validate.push(cut, cutInTheBody, hang);
  const one = asker(keystone.url, { requestTimeoutMs: 200 });
  assert.equal(await one.status(user('token-1')), 200);
  assert.equal(keystone.count('validate'), 4);
  assert.deepEqual(one.journal, []);
});

test('our own token refused once: a new login, and the client notices nothing', async (t) => {
  const keystone = await startKeystone(t);
  keystone.tokens.set('token-1', tokenOf('user-1'));
  keystone.next.validate.push(answerWith(401));
  assert.equal(await asker(keystone.url).status(user('token-1')), 200);
  assert.deepEqual([keystone.count('login'), keystone.count('validate')], [2, 2]);
  assert.equal(keystone.asked.at(-1)?.headers['x-auth-token'], 'service-2');
});

const catalogs: readonly (readonly [what: string, catalog: unknown[], region: string | null])[] = [
  ['no catalog', [], null],
  ['no Identity', [{ type: 'compute', endpoints: [{ interface: 'internal', url: 'http://127.0.0.1:1' }] }], null],
  ['only a public endpoint', catalogWith('http://127.0.0.1:1', { interface: 'public' }), null],
  ['another region', catalogWith('http://127.0.0.1:1'), 'two'],
  ['an address that is none', catalogWith('keystone'), null],
  ['an address of another kind', catalogWith('file:///etc/passwd'), null],
];
for (const [what, catalog, region] of catalogs) {
  test(`the catalog has no endpoint: ${what}`, async (t) => {
    const keystone = await startKeystone(t);
    keystone.tokens.set('token-1', tokenOf('user-1'));
    keystone.service.catalog = catalog;
    const one = asker(keystone.url, { endpoint: { interface: 'internal', region } });
    assert.equal(await one.status(user('token-1')), 503);
    assert.match(
      one.journal[0] ?? '',
      new RegExp(`type identity, interface internal and ${region === null ? 'any region' : 'region two'}:`),
    );
    keystone.service.catalog = catalogWith(`${keystone.url}/v3`, { region: region ?? 'one' });
    one.pass(1000);
    assert.equal(await one.status(user('token-1')), 200, 'a catalog that was mended is seen');
  });
}

test('the answer when Keystone does not do its part', async (t) => {
  const keystone = await startKeystone(t);
  keystone.always.login = answerWith(500);
  const result = await asker(keystone.url).ask(user('token-1'));
  assert.ok(result.kind === 'unavailable');
  assert.deepEqual(Object.keys(result.headers), ['content-type']);
  assert.deepEqual(result.body, {
    message:
      'The server is currently unavailable. Please try again at a later time.<br /><br />\n' +
      'The Keystone service is temporarily unavailable.\n\n',
    code: '503 Service Unavailable',
    title: 'Service Unavailable',
  });
});

test('an outage is told once a minute', async (t) => {
  const keystone = await startKeystone(t);
  keystone.always.login = answerWith(500);
  const one = asker(keystone.url);
  for (let request = 0; request < 50; request++) await one.status(user(`token-${request}`));
  assert.equal(one.journal.length, 1);
  one.pass(60_000);
  await one.status(user('token-1'));
  assert.equal(one.journal.length, 2);
});
