// From [keystone_authtoken] to settings (operations §1.8.6, §1.7): what each way of logging in needs, what contradicts
// itself, and that all of it is told at once.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { LoadedSettings } from '../../../src/config/load-settings.ts';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { KeystoneSettings } from '../../../src/config/settings.ts';
import { makeDirectory } from '../../config/directory.ts';
import { errorOf, SQLITE } from '../../config/load.ts';

const URI = 'www_authenticate_uri = http://keystone.example.com/';
const PASSWORD = `auth_type = password
auth_url = http://keystone.example.com:5000
username = placement
password = hidden
user_domain_name = Default
project_name = service
project_domain_name = Default`;

/** Loads a service's configuration with this section. */
function load(t: TestContext, section: string, environment: Record<string, string> = {}): LoadedSettings {
  const directory = makeDirectory(t, { 'placement.conf': `${SQLITE}[keystone_authtoken]\n${section}\n` });
  const configFiles = [`${directory}/placement.conf`];
  return loadSettings({ configFiles, environment, home: null, systemDirectories: [], purpose: 'service' });
}

function keystone(t: TestContext, section: string): KeystoneSettings {
  const { settings } = load(t, section);
  if (settings.keystone === null) throw new Error('there are no settings of Keystone');
  return settings.keystone;
}

test('a usual section, and the defaults of everything else', (t) => {
  const { settings, warnings } = load(t, `${URI}\n${PASSWORD}`);
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings.keystone, {
    authUrl: 'http://keystone.example.com:5000/',
    discoverVersion: true,
    login: {
      method: 'password',
      user: { name: 'placement', domain: { name: 'Default' } },
      password: 'hidden',
      scope: { kind: 'project', project: { name: 'service', domain: { name: 'Default' } } },
    },
    endpoint: { interface: 'internal', region: null },
    wwwAuthenticateUri: 'http://keystone.example.com/',
    serviceType: null,
    includeServiceCatalog: true,
    serviceTokenRoles: ['service'],
    serviceTokenRolesRequired: true,
    tokenCacheMs: 300_000,
    requestTimeoutMs: 10_000,
    retriesMax: 3,
    tls: { caFile: null, certificateFile: null, keyFile: null, verify: true },
  } satisfies KeystoneSettings);
});

test('everything set', (t) => {
  const made = keystone(
    t,
    `${URI}\n${PASSWORD}\nauth_type = v3password\ninterface = publicURL\nregion_name = two\nservice_type = placement
http_connect_timeout = 5\nhttp_request_max_retries = 1\ncafile = /ca\ncertfile = /cert\nkeyfile = /key\ninsecure = yes
token_cache_time = 60\ninclude_service_catalog = no\nservice_token_roles = one, two\nservice_token_roles_required = no`,
  );
  assert.equal(made.discoverVersion, false);
  assert.deepEqual(made.endpoint, { interface: 'public', region: 'two' });
  assert.deepEqual(made.tls, { caFile: '/ca', certificateFile: '/cert', keyFile: '/key', verify: false });
  assert.deepEqual(made.serviceTokenRoles, ['one', 'two']);
  assert.deepEqual(
    [made.serviceType, made.requestTimeoutMs, made.retriesMax, made.tokenCacheMs],
    ['placement', 5000, 1, 60_000],
  );
  assert.deepEqual([made.includeServiceCatalog, made.serviceTokenRolesRequired], [false, false]);
});

for (const [text, ms] of [
  ['-1', 0],
  ['0', 0],
  ['', 0],
  ['1', 1000],
  ['999999999999', 86_400_000],
] as const) {
  test(`token_cache_time = ${text} is ${ms} ms`, (t) => {
    assert.equal(keystone(t, `${URI}\n${PASSWORD}\ntoken_cache_time = ${text}`).tokenCacheMs, ms);
  });
}

const without = (...names: readonly string[]) =>
  PASSWORD.split('\n')
    .filter((line) => !names.includes(line.split(' ')[0] ?? ''))
    .join('\n');

const logins: readonly (readonly [what: string, section: string, login: unknown])[] = [
  [
    'ids',
    `${without('username', 'project_name')}\nuser_id = u\nproject_id = p`,
    { method: 'password', user: { id: 'u' }, password: 'hidden', scope: { kind: 'project', project: { id: 'p' } } },
  ],
  [
    'ids beside names: the ids',
    `${PASSWORD}\nuser_id = u\nproject_id = p\nuser_domain_id = d`,
    { method: 'password', user: { id: 'u' }, password: 'hidden', scope: { kind: 'project', project: { id: 'p' } } },
  ],
  [
    'a default domain',
    `${without('user_domain_name', 'project_domain_name')}\ndefault_domain_id = d`,
    {
      method: 'password',
      user: { name: 'placement', domain: { id: 'd' } },
      password: 'hidden',
      scope: { kind: 'project', project: { name: 'service', domain: { id: 'd' } } },
    },
  ],
  [
    'the system',
    `${without('project_name')}\nsystem_scope = all`,
    {
      method: 'password',
      user: { name: 'placement', domain: { name: 'Default' } },
      password: 'hidden',
      scope: { kind: 'system' },
    },
  ],
  [
    'old names',
    `${without('username', 'project_name', 'auth_type')}\nuser-name = u\ntenant_name = t\nauth_plugin = password`,
    {
      method: 'password',
      user: { name: 'u', domain: { name: 'Default' } },
      password: 'hidden',
      scope: { kind: 'project', project: { name: 't', domain: { name: 'Default' } } },
    },
  ],
  [
    'an application credential',
    'auth_type = v3applicationcredential\nauth_url = http://k\napplication_credential_id = c\n' +
      'application_credential_secret = hidden',
    { method: 'application-credential', id: 'c', secret: 'hidden' },
  ],
  [
    'an application credential by name',
    'auth_type = v3applicationcredential\nauth_url = http://k\napplication_credential_name = c\nusername = u\n' +
      'user_domain_id = d\napplication_credential_secret = hidden',
    {
      method: 'named-application-credential',
      name: 'c',
      user: { name: 'u', domain: { id: 'd' } },
      secret: 'hidden',
    },
  ],
  [
    'another section',
    `auth_section = Service_Login\nusername = nobody\n[service_login]\n${PASSWORD}`,
    {
      method: 'password',
      user: { name: 'placement', domain: { name: 'Default' } },
      password: 'hidden',
      scope: { kind: 'project', project: { name: 'service', domain: { name: 'Default' } } },
    },
  ],
];
for (const [what, section, login] of logins) {
  test(`login with ${what}`, (t) => {
    assert.deepEqual(keystone(t, `${URI}\n${section}`).login, login);
  });
}

test('another section takes part in the environment and in references, and its secrets do not show', (t) => {
  const { settings, shownOptions } = load(
    t,
    `${URI}\nauth_section = own\n[own]\n${PASSWORD}\nusername = $project_name`,
    { OS_OWN__PASSWORD: 'hidden-too' },
  );
  assert.deepEqual(settings.keystone?.login, {
    method: 'password',
    user: { name: 'service', domain: { name: 'Default' } },
    password: 'hidden-too',
    scope: { kind: 'project', project: { name: 'service', domain: { name: 'Default' } } },
  });
  assert.doesNotMatch(JSON.stringify(shownOptions), /hidden/);
  assert.ok(shownOptions.some(({ group, name, text }) => group === 'own' && name === 'password' && text === '****'));
});

const problems: readonly (readonly [what: string, section: string, expected: readonly RegExp[]])[] = [
  ['nothing', '', [/required for option auth_url/, /required for option auth_type/]],
  [
    'only a type and an address',
    'auth_type = password\nauth_url = http://k',
    [/required for option username/, /required for option password/, /required for option project_name/],
  ],
  [
    'no domains',
    without('user_domain_name', 'project_domain_name'),
    [/required for option user_domain_name/, /required for option project_domain_name/],
  ],
  [
    'a default domain with v3password',
    `${without('user_domain_name', 'project_domain_name', 'auth_type')}\nauth_type = v3password\ndefault_domain_id = d`,
    [/required for option user_domain_name/, /required for option project_domain_name/],
  ],
  ['two scopes', `${PASSWORD}\nsystem_scope = all`, [/project_name .*only one scope .*system_scope/]],
  [
    'part of the system',
    `${without('project_name')}\nsystem_scope = some`,
    [/system_scope .*\[all\], but found 'some'/],
  ],
  ['an unknown type', `${without('auth_type')}\nauth_type = v2password`, [/\[password, v3password, .*'v2password'/]],
  ['no URL', `${without('auth_url')}\nauth_url = keystone:5000`, [/auth_url .*http:\/\/ or https:\/\//]],
  ['a password in the URL', `${without('auth_url')}\nauth_url = http://u:hidden@k`, [/auth_url .*'\*\*\*\*'/]],
  [
    'no credential',
    'auth_type = v3applicationcredential\nauth_url = http://k',
    [/required for option application_credential_secret/, /required for option application_credential_id/],
  ],
  ['an unknown interface', `${PASSWORD}\ninterface = inside`, [/interface .*public, internal or admin/]],
  ['no time at all', `${PASSWORD}\nhttp_connect_timeout = 0`, [/http_connect_timeout .*1 or more/]],
  [
    'a header of two lines',
    `${PASSWORD}\nwww_authenticate_uri = http://k\n  x: y`,
    [/www_authenticate_uri .*one line/],
  ],
  ['a protected cache without a key', `${PASSWORD}\nmemcache_security_strategy = mac`, [/memcache_secret_key/]],
  ['a name of old', `${PASSWORD}\nadmin_password = hidden`, [/admin_password .*removed from keystonemiddleware/]],
  [
    'nothing in another section',
    'auth_section = other',
    [/\[other\] auth_url: value required/, /\[other\] auth_type: value required/],
  ],
];
for (const [what, section, expected] of problems) {
  test(`refused: ${what}`, (t) => {
    const { message } = errorOf(() =>
      load(t, section.includes('www_authenticate_uri') ? section : `${URI}\n${section}`),
    );
    for (const pattern of expected) assert.match(message, pattern);
    assert.equal(message.split('\n').length, expected.length, message);
    assert.doesNotMatch(message, /hidden/);
  });
}

test('what is worth a warning', (t) => {
  const { warnings } = load(t, `${PASSWORD}\nmemcached_servers = a:11211\nkeyfile = /k`);
  assert.equal(warnings.length, 3);
  assert.match(warnings.join('\n'), /memcached_servers .*each Berth process remembers validated tokens by itself/);
  assert.match(warnings.join('\n'), /www_authenticate_uri is not set/);
  assert.match(warnings.join('\n'), /keyfile without effect/);
});

test('without www_authenticate_uri the address is made of auth_url', (t) => {
  for (const url of ['http://k:5000', 'http://k:5000/v3', 'http://k:5000/v3/']) {
    const made = keystone(t, `${without('auth_url')}\nauth_url = ${url}`);
    assert.match(made.wwwAuthenticateUri, /^http:\/\/k:5000\/?$/);
  }
});

test('commands and noauth2 do without', (t) => {
  const directory = makeDirectory(t, { 'placement.conf': SQLITE, 'noauth.conf': '[api]\nauth_strategy = noauth2' });
  const common = { environment: {}, home: null, systemDirectories: [] };
  assert.equal(loadSettings({ ...common, configFiles: [`${directory}/placement.conf`] }).settings.keystone, null);
  const configFiles = [`${directory}/placement.conf`, `${directory}/noauth.conf`];
  assert.equal(loadSettings({ ...common, configFiles, purpose: 'service' }).settings.keystone, null);
});
