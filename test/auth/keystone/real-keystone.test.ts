// The whole service in front of a real Keystone: who is let in, as what, and what happens to tokens that end. Without
// Keystone the story is skipped with a warning; where CI is set that is a failure.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { temporaryFolder } from '../../support/berth-process.ts';
import type { Json } from '../../support/client.ts';
import { type ConfiguredBerth, startConfiguredBerth } from './configured-berth.ts';
import {
  call,
  HOW_TO_INSTALL,
  hasKeystone,
  type IssuedToken,
  type KeystoneProcess,
  logIn,
  logInWithCredential,
  projectScope,
  startKeystoneProcess,
} from './keystone-process.ts';

const isThere = hasKeystone();
const required = process.env.CI !== undefined && process.env.CI !== '';
if (!isThere && !required) process.stderr.write(`WARNING: not tested: ${HOW_TO_INSTALL}\n`);

test('there is a Keystone to be tested with', { skip: !isThere && !required && HOW_TO_INSTALL }, () => {
  assert.ok(isThere, HOW_TO_INSTALL);
});

const PASSWORD = `a-password-${randomUUID()}`;
const USERS: Readonly<Record<string, readonly string[]>> = {
  placement: ['service'],
  nova: ['admin', 'service'],
  member: ['member'],
  reader: ['reader'],
  stranger: ['stranger'],
};

describe('a real Keystone', { skip: !isThere && HOW_TO_INSTALL }, () => {
  const folder = temporaryFolder();
  const keystoneFolder = join(folder.path, 'keystone');
  let keystone: KeystoneProcess;
  let berth: ConfiguredBerth;
  let adminToken: IssuedToken;
  const secrets: string[] = [PASSWORD];

  const remember = (issued: IssuedToken): IssuedToken => {
    secrets.push(issued.token, issued.userId, ...(issued.projectId === null ? [] : [issued.projectId]));
    return issued;
  };
  /** A new token of a user in the project `demo`, unless another scope is given. */
  const tokenOf = async (user: string, scope: unknown = projectScope('demo'), url = keystone.url) =>
    remember(await logIn(url, { user, password: PASSWORD, scope }));
  const admin = (method: string, path: string, body?: unknown) =>
    call(keystone.url, adminToken.token, method, path, body);
  const login = () => `auth_url = ${keystone.url}
auth_type = password
username = placement
password = ${PASSWORD}
user_domain_id = default
project_name = service
project_domain_id = default
http_connect_timeout = 50`;

  before(async () => {
    mkdirSync(keystoneFolder);
    keystone = await startKeystoneProcess(keystoneFolder);
    const password = keystone.adminPassword;
    secrets.push(password);
    adminToken = remember(await logIn(keystone.url, { user: 'admin', password, scope: projectScope('admin') }));
    await populate(admin);
    berth = await startConfiguredBerth(
      folder.path,
      'placement',
      `[keystone_authtoken]\nwww_authenticate_uri = ${keystone.url}/\nservice_type = placement\n${login()}`,
    );
    await addToCatalog(admin, berth.url);
  });
  after(async () => {
    await berth?.stop();
    await keystone?.stop();
    folder.remove();
  });

  test('the open path needs no token', async () => {
    assert.equal((await berth.request(null, 'GET', '/')).status, 200);
  });

  test('without a token, or with a wrong one', async () => {
    const wrong = `${(await tokenOf('reader')).token.slice(0, -4)}AAAA`;
    for (const token of [null, '', 'wrong', wrong]) {
      const { status, headers, body } = await berth.request(token, 'GET', '/traits');
      assert.equal(status, 401);
      assert.equal(headers['www-authenticate'], `Keystone uri="${keystone.url}/"`);
      assert.deepEqual(body, {
        error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
      });
      assert.match(String(headers['x-openstack-request-id']), /^req-/);
      assert.equal(headers['openstack-api-version'], undefined);
    }
  });

  test('an administrator makes a provider, but does not reshape', async () => {
    const { token } = adminToken;
    const made = await berth.request(token, 'POST', '/resource_providers', { body: { name: 'made-by-admin' } });
    assert.equal(made.status, 200);
    assert.equal((await berth.request(token, 'POST', '/reshaper', { body: {} })).status, 403);
  });

  test('a service does both', async () => {
    const { token } = await tokenOf('nova', projectScope('service'));
    assert.equal((await berth.request(token, 'GET', '/resource_providers')).status, 200);
    assert.equal((await berth.request(token, 'POST', '/reshaper', { body: {} })).status, 400);
  });

  test('members and readers see the usage of their own project, and nothing else', async () => {
    for (const user of ['member', 'reader']) {
      const { token, projectId } = await tokenOf(user);
      assert.equal((await berth.request(token, 'GET', `/usages?project_id=${projectId}`)).status, 200);
      assert.equal((await berth.request(token, 'GET', `/usages?project_id=${randomUUID()}`)).status, 403);
      assert.equal((await berth.request(token, 'GET', '/resource_providers')).status, 403);
    }
  });

  test('another role, or no scope at all, may nothing', async () => {
    const stranger = await tokenOf('stranger');
    const unscoped = remember(await logIn(keystone.url, { user: 'member', password: PASSWORD, scope: 'unscoped' }));
    for (const { token, projectId } of [stranger, unscoped]) {
      const { status } = await berth.request(token, 'GET', `/usages?project_id=${projectId ?? 'p'}`);
      assert.equal(status, 403);
    }
  });

  test('an administrator of the system is no administrator of a project', async () => {
    const scope = { system: { all: true } };
    const password = keystone.adminPassword;
    const { token } = remember(await logIn(keystone.url, { user: 'admin', password, scope }));
    assert.equal((await berth.request(token, 'GET', '/resource_providers')).status, 403);
  });

  test('a revoked token is refused; one that was used before, only when its time in the cache is over', async () => {
    const [unused, used] = [
      await tokenOf('nova', projectScope('service')),
      await tokenOf('nova', projectScope('service')),
    ];
    assert.equal((await berth.request(used.token, 'GET', '/traits')).status, 200);
    for (const { token } of [unused, used]) {
      await call(keystone.url, adminToken.token, 'DELETE', '/auth/tokens', undefined, { 'x-subject-token': token });
    }
    assert.equal((await berth.request(unused.token, 'GET', '/traits')).status, 401);
    assert.equal((await berth.request(used.token, 'GET', '/traits')).status, 200);
  });

  test('a token that has ended is good only together with a real service', async () => {
    const brief = await keystone.startAnother(2);
    const ended = await tokenOf('nova', projectScope('service'), brief);
    await new Promise((resolve) => setTimeout(resolve, ended.expiresAt - Date.now() + 1500));
    const service = await tokenOf('nova', projectScope('service'));
    const noService = await tokenOf('member');
    const statuses: number[] = [];
    for (const serviceToken of [null, noService.token, 'wrong', service.token]) {
      const headers = serviceToken === null ? {} : { 'x-service-token': serviceToken };
      statuses.push((await berth.request(ended.token, 'GET', '/traits', { headers })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 200]);
  });

  test('an application credential is good for what its rules say', async () => {
    const owner = await tokenOf('nova', projectScope('service'));
    const rules = [{ service: 'placement', method: 'GET', path: '/resource_providers/*/inventories' }];
    const restricted = await credentialOf(keystone.url, owner, rules);
    const free = await credentialOf(keystone.url, owner);
    secrets.push(restricted.secret, free.secret);
    const tokens = {
      restricted: remember(await logInWithCredential(keystone.url, restricted.id, restricted.secret)).token,
      free: remember(await logInWithCredential(keystone.url, free.id, free.secret)).token,
    };
    const inventories = `/resource_providers/${randomUUID()}/inventories`;
    assert.equal((await berth.request(tokens.restricted, 'GET', inventories)).status, 404);
    assert.equal((await berth.request(tokens.restricted, 'PUT', inventories)).status, 401);
    assert.equal((await berth.request(tokens.restricted, 'GET', '/traits')).status, 401);
    assert.equal((await berth.request(tokens.free, 'GET', '/traits')).status, 200);
  });

  test('the service may itself log in with an application credential, from a section of its own, without a cache', async () => {
    const owner = await tokenOf('placement', projectScope('service'));
    const { id, secret } = await credentialOf(keystone.url, owner);
    secrets.push(secret);
    const other = await startConfiguredBerth(
      folder.path,
      'other',
      `[keystone_authtoken]\nauth_section = own\ntoken_cache_time = -1\nregion_name = RegionOne\ninterface = public
[own]\nauth_type = v3applicationcredential\nauth_url = ${keystone.url}/v3
application_credential_id = ${id}\napplication_credential_secret = ${secret}`,
    );
    try {
      const { token } = await tokenOf('nova', projectScope('service'));
      assert.equal((await other.request(token, 'GET', '/traits')).status, 200);
      await call(keystone.url, adminToken.token, 'DELETE', '/auth/tokens', undefined, { 'x-subject-token': token });
      assert.equal((await other.request(token, 'GET', '/traits')).status, 401, 'nothing is remembered');
    } finally {
      await other.stop();
    }
  });

  test('a service that cannot log in says 503, and its log says why', async () => {
    const other = await startConfiguredBerth(
      folder.path,
      'wrong',
      `[keystone_authtoken]\n${login().replace(PASSWORD, 'wrong')}`,
    );
    try {
      const { status, headers } = await other.request((await tokenOf('reader')).token, 'GET', '/traits');
      assert.equal(status, 503);
      assert.equal(headers['www-authenticate'], undefined);
    } finally {
      await other.stop();
    }
    assert.match(other.output(), /own login at \S+ was answered with status 401/);
  });

  const hasClient = spawnSync('openstack', ['help', 'resource', 'provider', 'list'], { stdio: 'ignore' }).status === 0;
  test('the openstack command, with a password', { skip: !hasClient && !required && 'it is missing' }, async () => {
    const name = `made-by-client-${randomUUID()}`;
    const made = await openstack(keystone, `resource provider create ${name} -f json`);
    assert.equal(made.code, 0, made.stderr);
    const listed = await openstack(keystone, 'resource provider list -f json');
    assert.ok(JSON.parse(listed.stdout).some((provider: Json) => provider.name === name));
  });

  test('nothing of all this is in the log', async () => {
    await berth.stop();
    const output = berth.output();
    assert.match(output, /"status":401/);
    for (const secret of secrets) assert.ok(!output.includes(secret));
  });
});

type Admin = (method: string, path: string, body?: unknown) => Promise<Json>;

/** Roles, projects and users, all of them in the default domain. */
async function populate(admin: Admin): Promise<void> {
  const roles = new Map<string, string>();
  for (const role of (await admin('GET', '/roles')).roles) roles.set(role.name, role.id);
  for (const name of ['service', 'stranger']) {
    if (!roles.has(name)) roles.set(name, (await admin('POST', '/roles', { role: { name } })).role.id);
  }
  const projects: string[] = [];
  for (const name of ['service', 'demo']) {
    projects.push((await admin('POST', '/projects', { project: { name, domain_id: 'default' } })).project.id);
  }
  for (const [name, userRoles] of Object.entries(USERS)) {
    const user = { name, password: PASSWORD, domain_id: 'default' };
    const { id } = (await admin('POST', '/users', { user })).user;
    for (const role of userRoles) {
      for (const project of projects) await admin('PUT', `/projects/${project}/users/${id}/roles/${roles.get(role)}`);
    }
  }
}

async function addToCatalog(admin: Admin, url: string): Promise<void> {
  const { id } = (await admin('POST', '/services', { service: { type: 'placement', name: 'placement' } })).service;
  for (const kind of ['public', 'internal']) {
    await admin('POST', '/endpoints', { endpoint: { service_id: id, interface: kind, url, region_id: 'RegionOne' } });
  }
}

async function credentialOf(
  url: string,
  owner: IssuedToken,
  rules?: readonly unknown[],
): Promise<{ readonly id: string; readonly secret: string }> {
  const wanted = { name: randomUUID(), ...(rules === undefined ? {} : { access_rules: rules }) };
  const path = `/users/${owner.userId}/application_credentials`;
  const { application_credential } = await call(url, owner.token, 'POST', path, { application_credential: wanted });
  return application_credential;
}

async function openstack(keystone: KeystoneProcess, line: string) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OS_'));
  const child = spawn('openstack', line.split(' '), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(kept),
      OS_AUTH_URL: `${keystone.url}/v3`,
      OS_USERNAME: 'admin',
      OS_PASSWORD: keystone.adminPassword,
      OS_PROJECT_NAME: 'admin',
      OS_USER_DOMAIN_ID: 'default',
      OS_PROJECT_DOMAIN_ID: 'default',
      OS_IDENTITY_API_VERSION: '3',
      OS_PLACEMENT_API_VERSION: '1.39',
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
