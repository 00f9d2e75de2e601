// `berth config check` says at once all that is wrong with a configuration, and starts nothing; `berth config sample`
// prints one in which every option stands at its default.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { valueText } from '../../src/config/convert.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { sampleConfiguration } from '../../src/config/sample.ts';
import { type Outcome, runBerth, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { makeCertificate } from '../support/self-signed.ts';

function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return folder.path;
}

function check(configFile: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runBerth(['config', 'check', '--config-file', configFile], environment);
}

const USABLE = 'The configuration can be used.\n';
const NOT_USABLE = 'The configuration cannot be used.\n';

test('a good configuration: the files that were read, and 0; nothing is made or contacted', async (t) => {
  const folder = folderOf(t);
  const { configFile } = writeConfiguration(folder);
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, '"placement:traits:list": "role:reader"\n');
  const outcome = await check(configFile);
  assert.deepEqual(outcome, { code: 0, stdout: `read: ${configFile}\nread: ${policyFile}\n${USABLE}`, stderr: '' });
  assert.deepEqual(readdirSync(folder).sort(), ['placement.conf', 'policy.yaml']);
});

test('every problem at once: file, line, option, value, and what is allowed', async (t) => {
  const folder = folderOf(t);
  const configFile = join(folder, 'placement.conf');
  writeFileSync(
    configFile,
    `[DEFAULT]
debug = maybe
[api]
auth_strategy = noauth2
[placement_database]
connection = mysql+pymysql://placement:pa$word@db/placement
max_pool_size = many
[placement]
allocation_candidates_generation_strategy = depth-first  # the default
[berth]
socket = relative.sock
`,
  );
  const { code, stdout, stderr } = await check(configFile, { OS_BERTH__PORT: '99999' });
  const problem = (name: string, place: string, allowed: string, found: string) =>
    `problem: Value for option ${name} from ${place} is not valid: ${allowed}, but found '${found}'`;
  const at = (line: number) => `${configFile}:${line}`;
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines[0], `read: ${configFile}`);
  assert.equal(lines.at(-1), NOT_USABLE.trimEnd());
  const booleans = 'Unexpected boolean value; allowed are true, 1, on, yes, false, 0, off and no';
  const noName = 'a name after $ is not an option; write $$ for a dollar sign (in a URL also %24)';
  const path = 'an absolute path of at most 107 characters is expected';
  assert.deepEqual(
    lines.slice(1, -1).sort(),
    [
      problem('[DEFAULT] debug', at(2), booleans, 'maybe'),
      problem('[placement_database] connection', at(6), noName, '****'),
      problem('[placement_database] max_pool_size', at(7), 'a whole number is expected', 'many'),
      problem(
        '[placement] allocation_candidates_generation_strategy',
        at(9),
        'Valid values are [depth-first, breadth-first]',
        'depth-first  # the default',
      ),
      problem('[berth] socket', at(11), path, 'relative.sock'),
      problem('[berth] port', 'the environment variable OS_BERTH__PORT', 'must be 65535 or less', '99999'),
    ].sort(),
  );
  assert.deepEqual([code, stderr], [1, '']);
});

test('what deserves attention is a warning and no problem: each once', async (t) => {
  const { configFile } = writeConfiguration(
    folderOf(t),
    '[DEFAULT]\nuse_json = true\nlogfile = /tmp/x.log\n[oslo_messaging]\nx = 1\n[berth]\nprot = 1\n' +
      '[placement_database]\nslave_connection = sqlite:///other\nconnection_trace = true\n',
  );
  const { code, stdout } = await check(configFile);
  assert.equal(code, 0, stdout);
  assert.ok(stdout.endsWith(USABLE));
  const warnings = stdout.split('\n').filter((line) => line.startsWith('warning: '));
  const about = (pattern: RegExp) => warnings.filter((line) => pattern.test(line)).length;
  assert.equal(about(/\[DEFAULT\] logfile \(.*:\d+\) is an old name of \[DEFAULT\] log_file/), 1, stdout);
  assert.equal(about(/\[berth\] prot \(.*:\d+\) is not an option and is ignored/), 1, stdout);
  assert.equal(about(/without effect in Berth: .*\[DEFAULT\] use_json/), 1, stdout);
  assert.equal(about(/connection_trace/), 1, stdout);
  assert.doesNotMatch(stdout, /oslo_messaging/, 'a section of other programs');
});

test('a policy file that cannot be used, and rules that say nothing', async (t) => {
  const folder = folderOf(t);
  const { configFile } = writeConfiguration(folder);
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, '- not a mapping\n');
  const broken = await check(configFile);
  assert.match(broken.stdout, /^problem: policy file \S+policy\.yaml: a mapping of rule names to rules is expected$/m);
  assert.equal(broken.code, 1);
  writeFileSync(policyFile, '"placement:no_such_rule": "role:admin"\n');
  const unknown = await check(configFile);
  assert.match(unknown.stdout, /^warning: .*placement:no_such_rule/m);
  assert.equal(unknown.code, 0);
});

test('what would stop the service before it listens', async (t) => {
  const folder = folderOf(t);
  const remote = await check(writeConfiguration(folder, '[berth]\nhost = 0.0.0.0').configFile);
  assert.match(remote.stdout, /^problem: .*0\.0\.0\.0.*allow_remote_noauth/m);
  assert.equal(remote.code, 1);

  const [certificate, key, otherKey] = ['one.crt', 'one.key', 'other.key'].map((name) => join(folder, name));
  makeCertificate(String(certificate), String(key), 'one');
  makeCertificate(join(folder, 'other.crt'), String(otherKey), 'other');
  const tls = (keyFile: string) =>
    check(writeConfiguration(folder, `[berth]\ntls_certificate = ${certificate}\ntls_key = ${keyFile}`).configFile);
  assert.equal((await tls(String(key))).code, 0);
  const mismatch = await tls(String(otherKey));
  assert.match(mismatch.stdout, /^problem: \[berth\] tls_certificate and tls_key cannot be used: .*mismatch/m);
  const missing = await tls(join(folder, 'missing.key'));
  assert.match(missing.stdout, /^problem: \[berth\] tls_key cannot be read: ENOENT/m);
  assert.deepEqual([mismatch.code, missing.code], [1, 1]);
});

test('the sample has every option, and read back with its comments taken away it gives the defaults', async (t) => {
  const { code, stdout: sample, stderr } = await runBerth(['config', 'sample']);
  assert.deepEqual([code, stderr, sample], [0, '', sampleConfiguration()]);

  const options = sample.split('\n').filter((line) => /^#\w+ =/.test(line));
  assert.equal(options.length, OPTIONS.length);
  const file = join(folderOf(t), 'placement.conf');
  // An option without a default has nothing behind the sign, and written so it would be an empty text or no number.
  writeFileSync(file, sample.replace(/^#(\w+ = .)/gm, '$1'));
  const environment = { OS_PLACEMENT_DATABASE__CONNECTION: 'sqlite://', OS_API__AUTH_STRATEGY: 'noauth2' };
  const load = (configFiles: readonly string[]) =>
    loadSettings({ configFiles, environment, home: null, systemDirectories: [], purpose: 'service' });
  const read = load([file]);
  const written = read.shownOptions.filter(({ isDefault }) => !isDefault);
  const withDefault = OPTIONS.filter((option) => valueText(option.default) !== '');
  assert.equal(
    written.length,
    new Set([...withDefault.map(({ group, name }) => `${group} ${name}`), 'placement_database connection']).size,
  );
  const values = (loaded: typeof read) => loaded.shownOptions.map(({ group, name, text }) => [group, name, text]);
  assert.deepEqual(values(read), values(load([])));
  const settingsOf = ({ settings: { policy, ...others } }: typeof read) => {
    // Where policy files are looked for depends on where the configuration is, and a name that was written is meant.
    return { ...others, policy: { ...policy, searchDirectories: [], policyFileFallback: null } };
  };
  assert.deepEqual(settingsOf(read), settingsOf(load([])));
  assert.equal(
    read.warnings.filter((line) => /without effect/.test(line)).length,
    0,
    'what is at its default is no news',
  );
});
