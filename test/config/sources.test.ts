// Which files are read, and which of several values holds (operations §1.1, §1.2, §1.5, §1.7).

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ConfigurationPath, Environment } from '../../src/config/find-files.ts';
import { type LoadedSettings, loadSettings } from '../../src/config/load-settings.ts';
import { makeDirectory } from './directory.ts';
import { errorOf, load, SQLITE } from './load.ts';

interface World {
  readonly files: Readonly<Record<string, string>>;
  readonly configFiles?: readonly ConfigurationPath[];
  readonly environment?: Environment;
  readonly flags?: Readonly<Record<string, string>>;
  readonly programName?: string;
}

/** Loads in a world of its own, where `home` and `etc` are directories; paths in `%/…` are below it. */
function loadIn(t: TestContext, world: World): { readonly loaded: LoadedSettings; readonly read: readonly string[] } {
  const root = makeDirectory(t, world.files);
  const below = (path: string) => path.replace('%', root);
  const environment = Object.entries(world.environment ?? {}).map(([key, value]) => [key, below(value ?? '')]);
  const loaded = loadSettings({
    configFiles:
      world.configFiles?.map((path) =>
        typeof path === 'string' ? below(path) : { directory: below(path.directory) },
      ) ?? null,
    environment: { OS_PLACEMENT_DATABASE__CONNECTION: 'sqlite://', ...Object.fromEntries(environment) },
    home: join(root, 'home'),
    systemDirectories: [join(root, 'etc/placement'), join(root, 'etc')],
    ...(world.flags === undefined ? {} : { flags: world.flags }),
    ...(world.programName === undefined ? {} : { programName: world.programName }),
  });
  return { loaded, read: loaded.sources.map((path) => path.slice(root.length + 1)) };
}

const host = (name: string) => `[berth]\nhost = ${name}\n`;

test('no file at all is no error', (t) => {
  const { loaded, read } = loadIn(t, { files: {} });
  assert.deepEqual(read, []);
  assert.equal(loaded.settings.berth.port, 8778);
});

test('the first place that has a file wins, for each of both names', (t) => {
  const files = {
    'home/placement.conf': host('a'),
    'etc/placement/placement.conf': host('b'),
    'etc/placement/placement-manage.conf': host('c'),
  };
  const { loaded, read } = loadIn(t, { files, programName: 'placement-manage' });
  assert.deepEqual(read, ['home/placement.conf', 'etc/placement/placement-manage.conf']);
  assert.equal(loaded.settings.berth.host, 'c');
});

test('~/.placement comes before ~', (t) => {
  const files = { 'home/.placement/placement.conf': host('a'), 'home/placement.conf': host('b') };
  assert.deepEqual(loadIn(t, { files }).read, ['home/.placement/placement.conf']);
});

test('inside a snap its own places come last, the common one first', (t) => {
  const environment = { SNAP_COMMON: '%/common', SNAP: '%/snap' };
  const snap = { 'snap/etc/placement/placement.conf': host('a') };
  const common = { 'common/etc/placement/placement.conf': host('b') };
  const files = { ...snap, ...common };
  assert.deepEqual(loadIn(t, { files: snap, environment }).read, Object.keys(snap));
  assert.deepEqual(loadIn(t, { files, environment }).read, Object.keys(common));
  const all = { ...files, 'etc/placement.conf': host('c') };
  assert.deepEqual(loadIn(t, { files: all, environment }).read, ['etc/placement.conf']);
});

test('drop-in files are read after the main file, in order of name', (t) => {
  const files = {
    'etc/placement/placement.conf': host('a'),
    'etc/placement/placement.conf.d/20.conf': host('c'),
    'etc/placement/placement.conf.d/10.conf': host('b'),
    'etc/placement/placement.conf.d/30.conf.bak': host('d'),
    'etc/berth.conf.d/1.conf': '[berth]\nport = 1\n',
  };
  const { loaded, read } = loadIn(t, { files });
  assert.deepEqual(read, [
    'etc/placement/placement.conf',
    'etc/placement/placement.conf.d/10.conf',
    'etc/placement/placement.conf.d/20.conf',
    'etc/berth.conf.d/1.conf',
  ]);
  assert.equal(loaded.settings.berth.host, 'c');
  assert.equal(loaded.settings.berth.port, 1);
});

test('OS_PLACEMENT_CONFIG_DIR names the only main file; drop-ins are still read', (t) => {
  const files = {
    'own/placement.conf': host('a'),
    'etc/placement/placement.conf': host('b'),
    'etc/placement/placement.conf.d/1.conf': '[berth]\nport = 1\n',
  };
  const { read } = loadIn(t, { files, environment: { OS_PLACEMENT_CONFIG_DIR: ' %/own ' } });
  assert.deepEqual(read, ['own/placement.conf', 'etc/placement/placement.conf.d/1.conf']);
});

test('OS_PLACEMENT_CONFIG_DIR without a file in it is an error', (t) => {
  const error = errorOf(() => loadIn(t, { files: {}, environment: { OS_PLACEMENT_CONFIG_DIR: '%/own' } }));
  assert.match(error.message, /^Failed to find some config files: .*\/own\/placement\.conf$/);
});

test('--config-file replaces the default files and wins over OS_PLACEMENT_CONFIG_DIR', (t) => {
  const files = { 'one.conf': host('a'), 'two.conf': host('b'), 'etc/placement/placement.conf': host('c') };
  const { loaded, read } = loadIn(t, {
    files,
    configFiles: ['%/one.conf', '%/two.conf'],
    environment: { OS_PLACEMENT_CONFIG_DIR: '%/nowhere' },
  });
  assert.deepEqual(read, ['one.conf', 'two.conf']);
  assert.equal(loaded.settings.berth.host, 'b');
});

test('--config-dir is read where it stands', (t) => {
  const files = { 'one.conf': host('a'), 'two.conf': host('b'), 'd/x.conf': host('c') };
  const { read } = loadIn(t, { files, configFiles: ['%/one.conf', { directory: '%/d' }, '%/two.conf'] });
  assert.deepEqual(read, ['one.conf', 'd/x.conf', 'two.conf']);
});

test('named files that do not exist are all named in the error', (t) => {
  const error = errorOf(() => loadIn(t, { files: {}, configFiles: ['%/a.conf', { directory: '%/d' }] }));
  assert.match(error.message, /Failed to find some config files: .*\/a\.conf,.*\/d$/);
});

test('flags beat the environment, which beats files', (t) => {
  const files = { 'etc/placement.conf': `${host('file')}port = 1\nquery_parameters_max = 11\n` };
  const environment = { OS_BERTH__HOST: 'environment', OS_BERTH__PORT: '2' };
  const { settings } = loadIn(t, { files, environment, flags: { 'berth.host': 'flag' } }).loaded;
  assert.deepEqual([settings.berth.host, settings.berth.port, settings.limits.queryParametersMax], ['flag', 2, 11]);
});

test('a flag for an option that does not exist is a mistake of the program', (t) => {
  assert.throws(() => loadIn(t, { files: {}, flags: { 'berth.hots': 'x' } }), /no such option: berth\.hots/);
});

test('environment: exact names, no quote removal, $ is replaced', (t) => {
  const environment = {
    OS_berth__host: 'wrong case',
    OS_PLACEMENT__INCOMPLETE_CONSUMER_USER_ID: `"$incomplete_consumer_project_id"`,
    OS_PLACEMENT__INCOMPLETE_CONSUMER_PROJECT_ID: 'p',
    OS_DEFAULT__DEBUG: 'yes',
  };
  const { settings } = load(t, '', environment);
  assert.equal(settings.berth.host, '127.0.0.1');
  assert.equal(settings.placement.incompleteConsumerUserId, '"p"');
  assert.equal(settings.log.debug, true);
});

test('environment: a multi option is comma-separated, deprecated names are not looked up', (t) => {
  const { settings } = load(t, '', { OS_OSLO_POLICY__POLICY_DIRS: 'a.d, b.d', OS_DEFAULT__POLICY_FILE: 'x.yaml' });
  assert.deepEqual(settings.policy.policyDirs, ['a.d', 'b.d']);
  assert.equal(settings.policy.policyFile, 'policy.yaml');
});

test('environment: a bad value names the variable', (t) => {
  const error = errorOf(() => load(t, '', { OS_BERTH__PORT: 'many' }));
  assert.match(error.message, /\[berth\] port from the environment variable OS_BERTH__PORT .*'many'/);
});

test('a single option takes the last, a multi option collects', (t) => {
  const text = '[oslo_policy]\npolicy_dirs = a\npolicy_file = x\n[oslo_policy]\npolicy_dirs = b\npolicy_file = y';
  const { policy } = load(t, text).settings;
  assert.deepEqual([policy.policyFile, policy.policyDirs], ['y', ['a', 'b']]);
});

test('old names hold, with one warning each; within a file the current name wins', (t) => {
  const text = '[DEFAULT]\nauth_strategy = noauth2\npolicy_file = old.yaml\n[oslo_policy]\npolicy_file = new.yaml';
  const { settings, warnings } = load(t, text);
  assert.equal(settings.api.authStrategy, 'noauth2');
  assert.equal(settings.policy.policyFile, 'new.yaml');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /\[DEFAULT\] auth_strategy \(.*:2\) is an old name of \[api\] auth_strategy/);
});

test('an old name in a later file wins over the current one in an earlier file', (t) => {
  const files = { 'a.conf': '[oslo_policy]\npolicy_file = new.yaml', 'b.conf': '[DEFAULT]\npolicy_file = old.yaml' };
  const { loaded } = loadIn(t, { files, configFiles: ['%/a.conf', '%/b.conf'] });
  assert.equal(loaded.settings.policy.policyFile, 'old.yaml');
});

test('removed names: ignored with a warning, or refused where Keystone would have used them', (t) => {
  const removed = '[placement]\npolicy_file = x\n[keystone_authtoken]\nadmin_password = hidden\n';
  const { warnings } = load(t, `${removed}[api]\nauth_strategy = noauth2`);
  assert.match(warnings.join('\n'), /\[placement\] policy_file .* ignored/);
  assert.match(warnings.join('\n'), /\[keystone_authtoken\] admin_password .* was removed/);
  const error = errorOf(() => load(t, removed));
  assert.match(error.message, /\[keystone_authtoken\] admin_password .* was removed/);
  assert.doesNotMatch(error.message + warnings.join(), /hidden/);
});

test('unknown sections and options are ignored, but a slip in [berth] is told', (t) => {
  const { warnings } = load(t, '[nova]\nx = 1\n[api]\nlog-file = y\n[berth]\nhots = z');
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /\[berth\] hots .* is not an option/);
});

test('options that have no effect are listed in one warning when they are set', (t) => {
  const text = '[DEFAULT]\nuse_syslog = true\nlog_dir = /var/log\nuse_journal = false\npublish_errors = true';
  assert.deepEqual(load(t, text).warnings, [
    'set, but without effect in Berth: [DEFAULT] use_syslog, [DEFAULT] publish_errors; docs/configuration.md says why',
  ]);
});

test('where a relative policy file is looked for', (t) => {
  const files = { 'one/a.conf': SQLITE, 'two/b.conf': '', 'd/x.conf': '' };
  const { loaded } = loadIn(t, { files, configFiles: ['%/one/a.conf', '%/two/b.conf', { directory: '%/d' }] });
  const directories = loaded.settings.policy.searchDirectories;
  const root = directories[0]?.slice(0, -2) ?? '';
  assert.deepEqual(
    directories.map((path) => path.slice(root.length)),
    ['/d', '/two', '/one', '/home/.placement', '/home', '/etc/placement', '/etc'],
  );
});
