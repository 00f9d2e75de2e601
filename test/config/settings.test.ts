// From options to settings: defaults, edge values, and errors that are told all at once.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { makeDirectory } from './directory.ts';
import { errorOf, load } from './load.ts';

test('defaults', (t) => {
  const { settings, warnings } = load(t, '');
  assert.deepEqual(warnings, []);
  assert.equal(settings.api.authStrategy, 'keystone');
  assert.equal(settings.cors, null);
  assert.equal(settings.database.syncOnStartup, false);
  assert.equal(settings.database.sqliteSynchronous, true);
  assert.deepEqual(settings.placement, {
    randomizeAllocationCandidates: false,
    incompleteConsumerProjectId: '00000000-0000-0000-0000-000000000000',
    incompleteConsumerUserId: '00000000-0000-0000-0000-000000000000',
    maxAllocationCandidates: null,
    generationStrategy: 'depth-first',
  });
  assert.equal(settings.policy.enforceScope, true);
  assert.equal(settings.policy.enforceNewDefaults, true);
  assert.equal(settings.policy.policyFile, 'policy.yaml');
  assert.equal(settings.policy.policyFileFallback, 'policy.json');
  assert.deepEqual(settings.policy.policyDirs, ['policy.d']);
  assert.deepEqual(settings.berth, {
    host: '127.0.0.1',
    port: 8778,
    socket: null,
    tls: null,
    mountPrefix: '',
    allowRemoteNoauth: false,
    search: { searchStepsMax: 2_000_000, requestGroupsMax: 64, candidatesMax: 200_000 },
    metrics: true,
    modelAuditIntervalMs: 10_000,
    workers: 1,
  });
  assert.equal(settings.limits.bodyBytesMax, 10 * 1024 * 1024);
  assert.ok(settings.limits.urlBytesMax < settings.limits.headerBytesMax);
  assert.equal(settings.limits.requestTimeoutMs, 60_000);
});

test('what the conformance suite writes', (t) => {
  const { settings } = load(
    t,
    '[api]\nauth_strategy = noauth2\n\n[placement_database]\nconnection = sqlite:////tmp/x/placement.sqlite\n' +
      'sync_on_startup = true\n\n[oslo_policy]\nenforce_scope = true\nenforce_new_defaults = false\n' +
      'policy_file = /tmp/x/policy.yaml\n\n[cors]\nallowed_origin = http://valid.example.com\n' +
      'allow_headers = openstack-api-version\n\n',
  );
  assert.equal(settings.api.authStrategy, 'noauth2');
  assert.deepEqual(settings.database.connection, {
    kind: 'sqlite',
    path: '/tmp/x/placement.sqlite',
    busyTimeoutMs: 5000,
  });
  assert.equal(settings.database.syncOnStartup, true);
  assert.equal(settings.policy.enforceNewDefaults, false);
  assert.equal(settings.policy.policyFile, '/tmp/x/policy.yaml');
  assert.equal(settings.policy.policyFileFallback, null);
  assert.deepEqual(settings.cors?.allowedOrigins, ['http://valid.example.com']);
  assert.deepEqual(settings.cors?.allowHeaders, ['openstack-api-version']);
  assert.deepEqual(settings.cors?.allowMethods, ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']);
});

const edges: readonly (readonly [text: string, candidates: number | null])[] = [
  ['5', 5],
  ['0', 1],
  ['-4', null],
  ['', null],
];
for (const [text, candidates] of edges) {
  test(`edge values: max_allocation_candidates = ${text}`, (t) => {
    const { settings } = load(t, `[placement]\nmax_allocation_candidates = ${text}`);
    assert.equal(settings.placement.maxAllocationCandidates, candidates);
  });
}

test('the mount prefix loses a slash at its end, and must begin with one', (t) => {
  assert.equal(load(t, '[berth]\nmount_prefix = /placement/').settings.berth.mountPrefix, '/placement');
  assert.match(errorOf(() => load(t, '[berth]\nmount_prefix = placement')).message, /mount_prefix .*\/placement/);
});

test('connection_parameters are added to the URL', (t) => {
  const text = '[placement_database]\nconnection = sqlite:///a.db?x=1\nconnection_parameters = timeout=2.5';
  assert.deepEqual(load(t, text).settings.database.connection, { kind: 'sqlite', path: 'a.db', busyTimeoutMs: 2500 });
});

test('everything that is wrong is told at once, with its place', (t) => {
  const text = [
    '[api]',
    'auth_strategy = noauth2  # testing',
    '[DEFAULT]',
    'debug = maybe',
    '[berth]',
    'port = 70000',
    'search_steps_max =',
    'url_bytes_max = 65536',
    '[placement_database]',
    'connection = sqlite://user:hidden@host/db',
  ].join('\n');
  const error = errorOf(() => load(t, text));
  const lines = error.message.split('\n');
  assert.equal(lines.length, error.problems.length);
  const expected: readonly RegExp[] = [
    /\[DEFAULT\] debug from .*placement\.conf:4 is not valid: Unexpected boolean value.*'maybe'/,
    /\[api\] auth_strategy from .*placement\.conf:2 .*\[keystone, noauth2\], but found 'noauth2 {2}# testing'/,
    /\[berth\] port from .*placement\.conf:6 .*65535 or less.*'70000'/,
    /\[berth\] search_steps_max from .*placement\.conf:7 .*whole number.*''/,
    /\[berth\] url_bytes_max from .*placement\.conf:8 .*less than header_bytes_max/,
    /\[placement_database\] connection from .*placement\.conf:10 .*no user.*'\*\*\*\*'/,
  ];
  for (const pattern of expected) assert.match(error.message, pattern);
  assert.equal(lines.length, expected.length);
  assert.doesNotMatch(error.message, /hidden/);
});

test('values that have no effect are checked as well', (t) => {
  assert.match(errorOf(() => load(t, '[keystone_authtoken]\ntoken_cache_time = x')).message, /token_cache_time/);
  assert.match(errorOf(() => load(t, '[workarounds]\noptimize_for_wide_provider_trees = x')).message, /boolean/);
});

test('a missing connection is an error that says so', (t) => {
  const error = errorOf(() => load(t, '[placement_database]\n'));
  assert.match(error.message, /value required for option connection in group \[placement_database\]/);
});

test('a line that cannot be read is told with file, line and text, and nothing is said to be missing', (t) => {
  const error = errorOf(() => load(t, '[placement_database]\nwhat is this'));
  assert.match(
    error.message,
    /^Failed to parse (.*placement\.conf): at \1:2, No ':' or '=' found in assignment: 'what is this'$/,
  );
});

test('a secret that slipped out of its place is not shown', (t) => {
  const cases = [
    '[keystone_authtoken]\npassword = one\n\n  hidden',
    'password = hidden\n[api]',
    'connection = mysql://u:hidden@h/d\n[api]',
    '[api]\n  mysql://u:hidden@h/d',
  ];
  for (const text of cases) {
    const { message } = errorOf(() => load(t, text));
    assert.match(message, /Failed to parse/);
    assert.doesNotMatch(message, /hidden/);
  }
});

test('a file that is not UTF-8 is told', (t) => {
  const path = join(makeDirectory(t), 'placement.conf');
  writeFileSync(path, Buffer.from([0x5b, 0xff, 0x5d]));
  const error = errorOf(() =>
    loadSettings({ configFiles: [path], environment: {}, home: null, systemDirectories: [] }),
  );
  assert.match(error.message, /Failed to read .*placement\.conf: it is not UTF-8 text/);
});

test('the dump shows every option and no secret', (t) => {
  const { shownOptions } = load(t, '[keystone_authtoken]\npassword = hidden\n[berth]\nport = 1');
  assert.equal(shownOptions.length, OPTIONS.length);
  assert.doesNotMatch(JSON.stringify(shownOptions), /hidden|sqlite:/);
  const port = shownOptions.find(({ group, name }) => group === 'berth' && name === 'port');
  assert.deepEqual([port?.text, port?.isDefault], ['1', false]);
});

test('development needs nothing but a place for its data', () => {
  const settings = developmentSettings({ path: './var/$odd %41.sqlite' }, { 'berth.port': '0' });
  assert.equal(settings.api.authStrategy, 'development');
  assert.equal(
    settings.database.connection.kind === 'sqlite' ? settings.database.connection.path : null,
    './var/$odd %41.sqlite',
  );
  assert.equal(settings.database.syncOnStartup, true);
  assert.equal(settings.berth.port, 0);
  assert.equal(settings.policy.policyFile, null);
});
