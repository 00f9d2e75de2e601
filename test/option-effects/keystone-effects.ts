// [keystone_authtoken]: what Keystone is asked, and what comes of its answers, with a scripted Keystone at the other end.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { cut, hang, inMs, type ScriptedKeystone, startKeystone, tokenOf } from '../auth/keystone/scripted-keystone.ts';
import type { Json } from '../support/client.ts';
import { type ConfiguredService, folderFor, startConfigured } from '../support/configured-service.ts';
import { certificate } from './certificate.ts';
import type { Effect } from './effect.ts';
import { KEYSTONE_SECTION } from './keystone-section.ts';

const GROUP = '[keystone_authtoken]';
const ADMIN = { roles: [{ id: '1', name: 'admin' }] };

/** A service that asks this Keystone, which knows `token-1` of an administrator. */
function serviceOf(t: TestContext, keystone: ScriptedKeystone, lines = ''): Promise<ConfiguredService> {
  keystone.tokens.set('token-1', tokenOf('user-1', ADMIN));
  return startConfigured(t, `[api]\nauth_strategy = keystone\n${KEYSTONE_SECTION(keystone.url, lines)}`);
}

async function status({ ask }: ConfiguredService, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return (await ask('GET', '/traits', { 'x-auth-token': 'token-1', ...headers })).status;
}

/** What the service logs in with when it has these lines. */
async function loginWith(t: TestContext, lines: string): Promise<Json> {
  const keystone = await startKeystone(t);
  assert.equal(await status(await serviceOf(t, keystone, lines)), 200);
  const login: Json = keystone.asked.find(({ step }) => step === 'login')?.body;
  return login.auth;
}

const NO_NAMES = 'username =\nuser_domain_name =\nproject_name =\nproject_domain_name =';

const loginEffects: readonly Effect[] = [
  {
    options: ['auth_type', 'auth_url', 'username', 'user_domain_name', 'password'].map((name) => `${GROUP} ${name}`),
    shows: 'who the service logs in as, and where',
    proof: async (t) => {
      const { identity } = await loginWith(
        t,
        'auth_type = v3password\nusername = u\nuser_domain_name = d\npassword = p',
      );
      const user = { name: 'u', domain: { name: 'd' }, password: 'p' };
      assert.deepEqual(identity, { methods: ['password'], password: { user } });
    },
  },
  {
    options: ['user_id', 'user_domain_id', 'default_domain_id', 'default_domain_name'].map(
      (name) => `${GROUP} ${name}`,
    ),
    shows: 'the user by id, or a name in a domain by id, or in the domain of all names',
    proof: async (t) => {
      const userOf = async (lines: string) => (await loginWith(t, lines)).identity.password.user;
      const password = 'the-password';
      assert.deepEqual(await userOf('user_id = i'), { id: 'i', password });
      assert.deepEqual((await userOf('user_domain_id = i')).domain, { id: 'i' });
      const none = 'user_domain_name =\nproject_domain_name =';
      assert.deepEqual((await userOf(`${none}\ndefault_domain_id = i`)).domain, { id: 'i' });
      assert.deepEqual((await userOf(`${none}\ndefault_domain_name = n`)).domain, { name: 'n' });
    },
  },
  {
    options: [
      ...['project_name', 'project_domain_name', 'project_id', 'project_domain_id', 'system_scope', 'domain_id'],
      ...['domain_name', 'trust_id'],
    ].map((name) => `${GROUP} ${name}`),
    shows: 'what the service logs in to',
    proof: async (t) => {
      const scopeOf = async (lines: string) => (await loginWith(t, lines)).scope;
      const named = await scopeOf('project_name = n\nproject_domain_name = d');
      assert.deepEqual(named, { project: { name: 'n', domain: { name: 'd' } } });
      assert.deepEqual(await scopeOf('project_id = i'), { project: { id: 'i' } });
      assert.deepEqual((await scopeOf('project_domain_id = i')).project.domain, { id: 'i' });
      const none = 'project_name =';
      assert.deepEqual(await scopeOf(`${none}\nsystem_scope = all`), { system: { all: true } });
      assert.deepEqual(await scopeOf(`${none}\ndomain_id = i`), { domain: { id: 'i' } });
      assert.deepEqual(await scopeOf(`${none}\ndomain_name = n`), { domain: { name: 'n' } });
      assert.deepEqual(await scopeOf(`${none}\ntrust_id = i`), { 'OS-TRUST:trust': { id: 'i' } });
    },
  },
  {
    options: ['id', 'name', 'secret'].map((name) => `${GROUP} application_credential_${name}`),
    shows: 'the application credential that the service logs in with',
    proof: async (t) => {
      const type = `auth_type = v3applicationcredential\napplication_credential_secret = s\npassword =\n${NO_NAMES}`;
      const byId = await loginWith(t, `${type}\napplication_credential_id = c`);
      assert.deepEqual(byId.identity, {
        methods: ['application_credential'],
        application_credential: { id: 'c', secret: 's' },
      });
      const byName = await loginWith(t, `${type}\napplication_credential_name = n\nuser_id = u`);
      assert.deepEqual(byName.identity.application_credential, { name: 'n', user: { id: 'u' }, secret: 's' });
    },
  },
  {
    options: [`${GROUP} auth_section`],
    shows: 'all of that stands in another section',
    proof: async (t) => {
      const keystone = await startKeystone(t);
      const section = KEYSTONE_SECTION(keystone.url, 'username = elsewhere').replace(GROUP, '[elsewhere]');
      const none = `${NO_NAMES}\nauth_type =\nauth_url =\npassword =`;
      assert.equal(await status(await serviceOf(t, keystone, `${none}\nauth_section = elsewhere\n${section}`)), 200);
      const login: Json = keystone.asked.find(({ step }) => step === 'login')?.body;
      assert.equal(login.auth.identity.password.user.name, 'elsewhere');
    },
  },
];

const validationEffects: readonly Effect[] = [
  {
    options: [`${GROUP} www_authenticate_uri`],
    shows: 'it stands in the refusal',
    proof: async (t) => {
      const { client } = await serviceOf(t, await startKeystone(t), 'www_authenticate_uri = http://other.example/');
      const { headers } = await client.send('GET', '/traits', { headers: { 'x-auth-token': 'unknown' } });
      assert.equal(headers['www-authenticate'], 'Keystone uri="http://other.example/"');
    },
  },
  {
    options: [`${GROUP} interface`, `${GROUP} region_name`],
    shows: 'which endpoint of the catalog validates tokens',
    proof: async (t) => {
      const keystone = await startKeystone(t);
      const endpoints = ['public', 'internal'].flatMap((kind) =>
        ['one', 'two'].map((region) => ({ interface: kind, region, url: `${keystone.url}/${kind}/${region}/v3` })),
      );
      keystone.service.catalog = [{ type: 'identity', endpoints }];
      for (const [lines, path] of [
        ['', '/internal/one'],
        ['interface = public', '/public/one'],
        ['region_name = two', '/internal/two'],
      ] as const) {
        assert.equal(await status(await serviceOf(t, keystone, lines)), 200);
        assert.ok(keystone.asked.at(-1)?.path.startsWith(`${path}/`), path);
      }
    },
  },
  {
    options: [`${GROUP} service_type`, `${GROUP} include_service_catalog`],
    shows: 'credentials with access rules are let in, by rules for that type and by the catalog of the token',
    proof: async (t) => {
      const keystone = await startKeystone(t);
      const rules = [{ service: 'placement', method: 'GET', path: '/traits' }];
      const token = tokenOf('user-2', {
        ...ADMIN,
        application_credential: { access_rules: rules },
        catalog: [{ type: 'placement' }],
      });
      keystone.tokens.set('token-2', token);
      const asks = async (lines: string) => {
        const answered = await status(await serviceOf(t, keystone, lines), { 'x-auth-token': 'token-2' });
        return [answered, keystone.asked.at(-1)?.query.includes('nocatalog')];
      };
      assert.equal((await asks(''))[0], 401);
      assert.deepEqual(await asks('service_type = placement'), [200, false]);
      assert.equal((await asks('include_service_catalog = false'))[1], true);
    },
  },
  {
    options: [`${GROUP} http_connect_timeout`, `${GROUP} http_request_max_retries`],
    shows: 'a Keystone that does not answer is given up, after so many attempts',
    proof: async (t) => {
      const keystone = await startKeystone(t);
      keystone.always.validate = hang;
      const service = await serviceOf(t, keystone, 'http_connect_timeout = 1\nhttp_request_max_retries = 0');
      assert.equal(await status(service), 503);
      assert.match(service.log.join(), /has not answered after 1 s/);
      assert.equal(keystone.count('validate'), 1);
      const other = await startKeystone(t);
      other.always.validate = cut;
      assert.equal(await status(await serviceOf(t, other, 'http_request_max_retries = 2')), 503);
      // The first cut is on a connection that was kept, which does not count as an attempt.
      assert.equal(other.count('validate'), 4);
    },
  },
  {
    options: [`${GROUP} token_cache_time`],
    shows: 'a token is asked about again after that time, and each time without one',
    proof: async (t) => {
      for (const [value, asked] of [
        ['300', 1],
        ['-1', 3],
      ] as const) {
        const keystone = await startKeystone(t);
        const service = await serviceOf(t, keystone, `token_cache_time = ${value}`);
        for (let request = 0; request < 3; request++) assert.equal(await status(service), 200);
        assert.equal(keystone.count('validate'), asked);
      }
    },
  },
  {
    options: [`${GROUP} service_token_roles`, `${GROUP} service_token_roles_required`],
    shows: 'which service tokens let a token in that has ended, and whether others may come along',
    proof: async (t) => {
      const keystone = await startKeystone(t);
      keystone.tokens.set('ended', { ...tokenOf('user-2', { ...ADMIN, expires_at: inMs(-1000) }), ended: true });
      keystone.tokens.set('nova', tokenOf('nova', { roles: [{ id: '2', name: 'helper' }] }));
      const asks = async (lines: string, token: string) =>
        status(await serviceOf(t, keystone, lines), { 'x-auth-token': token, 'x-service-token': 'nova' });
      assert.equal(await asks('service_token_roles = helper', 'ended'), 200);
      assert.equal(await asks('service_token_roles = service', 'ended'), 401);
      assert.equal(await asks('service_token_roles_required = true', 'token-1'), 401);
      assert.equal(await asks('service_token_roles_required = false', 'token-1'), 200);
    },
  },
  {
    options: ['cafile', 'certfile', 'keyfile', 'insecure'].map((name) => `${GROUP} ${name}`),
    shows: 'whom the service trusts to be Keystone, and what it shows itself',
    proof: async (t) => {
      const folder = folderFor(t);
      const server = certificate(folder, 'server');
      const client = certificate(folder, 'client');
      const tls = { cert: server.cert, key: server.key, ca: client.cert };
      const open = await startKeystone(t, tls);
      assert.equal(await status(await serviceOf(t, open)), 503);
      assert.equal(await status(await serviceOf(t, open, `cafile = ${server.certificateFile}`)), 200);
      assert.equal(await status(await serviceOf(t, open, 'insecure = true')), 200);
      const closed = await startKeystone(t, { ...tls, requestCert: true, rejectUnauthorized: true });
      const trust = `cafile = ${server.certificateFile}`;
      const shown = `certfile = ${client.certificateFile}\nkeyfile = ${client.keyFile}`;
      assert.equal(await status(await serviceOf(t, closed, trust)), 503);
      assert.equal(await status(await serviceOf(t, closed, `${trust}\n${shown}`)), 200);
    },
  },
];

export const keystoneEffects: readonly Effect[] = [...loginEffects, ...validationEffects];
