// `berth policy check`: what the policy in force lets a caller do, route by route, without asking anybody.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runBerth, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';

interface Row {
  readonly route: string;
  readonly rule: string;
  readonly allowed: boolean;
}

/** Runs the check with this policy file, if any; the rows of its table. */
async function policyCheck(
  t: TestContext,
  words: readonly string[],
  policy: string | null = null,
  more = '',
): Promise<{ readonly rows: readonly Row[]; readonly stderr: string }> {
  const folder = temporaryFolder();
  t.after(folder.remove);
  const { configFile, dataPath } = writeConfiguration(folder.path, more);
  if (policy !== null) writeFileSync(join(folder.path, 'policy.yaml'), policy);
  const { code, stdout, stderr } = await runBerth(['policy', 'check', '--config-file', configFile, ...words]);
  assert.equal(code, 0, stderr);
  assert.equal(existsSync(dataPath), false, 'the database is not touched');
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, route = '', rule = '', allowed]) => ({ route, rule, allowed: allowed === 'yes' }));
  return { rows: rows.slice(1), stderr };
}

const allowed = (rows: readonly Row[]) => rows.filter((row) => row.allowed).map(({ route }) => route);

test('an admin may do everything but reshape, a service everything, a reader see its own usages', async (t) => {
  const admin = await policyCheck(t, ['--roles', 'admin,member', '--project', 'p', '--user', 'u']);
  assert.deepEqual(
    admin.rows.filter((row) => !row.allowed).map(({ route }) => route),
    ['POST /reshaper'],
  );
  assert.ok(admin.rows.length > 30);
  assert.equal(new Set(admin.rows.map(({ route }) => route)).size, admin.rows.length, 'each route once');
  const service = await policyCheck(t, ['--roles', 'service']);
  assert.deepEqual(
    allowed(service.rows),
    service.rows.map(({ route }) => route),
  );
  const open = service.rows.filter(({ rule }) => rule === '(open to everyone)');
  const reader = await policyCheck(t, ['--roles', 'reader', '--project', 'p']);
  assert.deepEqual(allowed(reader.rows).sort(), [...open.map(({ route }) => route), 'GET /usages'].sort());
  const other = await policyCheck(t, ['--roles', 'reader', '--project', 'p', '--target-project', 'q']);
  assert.equal(allowed(other.rows).includes('GET /usages'), false);
});

test('scopes count, unless enforce_scope is off', async (t) => {
  const words = ['--roles', 'admin', '--system-scope', 'all'];
  const enforced = await policyCheck(t, words);
  assert.equal(allowed(enforced.rows).includes('GET /traits'), false);
  const lax = await policyCheck(t, words, null, '[oslo_policy]\nenforce_scope = false');
  assert.equal(allowed(lax.rows).includes('GET /traits'), true);
});

test('the policy file counts; what is wrong with it is on standard error', async (t) => {
  const policy = '"placement:traits:list": "role:curious"\n"placement:trait:show": "role:curious"\n';
  const { rows, stderr } = await policyCheck(t, ['--roles', 'curious'], policy);
  assert.equal(allowed(rows).includes('GET /traits'), true);
  assert.equal(allowed(rows).includes('GET /traits/{name}'), false);
  assert.equal(stderr, 'berth: policy rules that no operation asks for: placement:trait:show\n');
});
