// Who passes by default, by role and scope (operations §3.2 to §3.5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../src/auth/caller.ts';
import { DEFAULT_RULES } from '../../src/policy/default-rules.ts';
import { parseRule } from '../../src/policy/parse-rule.ts';
import { POLICY_RULES } from '../../src/policy/rules.ts';
import { caller, enforcerWith } from './enforcing.ts';

const own = { project_id: 'p', user_id: 'u' };
const other = { project_id: 'q' };

type Row = readonly [
  what: string,
  caller: Caller,
  most: boolean,
  ownUsages: boolean,
  otherUsages: boolean,
  reshape: boolean,
];

const system = { systemScope: 'all', projectId: null };
const domain = { domainId: 'd', projectId: null };

const withNewDefaults: readonly Row[] = [
  ['admin', caller({ roles: ['admin', 'member', 'reader'] }), true, true, true, false],
  ['service', caller({ roles: ['service'] }), true, true, true, true],
  ['SERVICE', caller({ roles: ['SERVICE'] }), true, true, true, true],
  ['member', caller({ roles: ['member', 'reader'] }), false, true, false, false],
  ['nobody', caller(), false, false, false, false],
  ['unscoped', caller({ projectId: null }), false, false, false, false],
  ['system admin', caller({ ...system, roles: ['admin'] }), false, false, false, false],
  ['system service', caller({ ...system, roles: ['service'] }), false, false, false, false],
  ['domain admin', caller({ ...domain, roles: ['admin'] }), false, false, false, false],
];

const withoutScope: readonly Row[] = [
  ['system admin', caller({ ...system, roles: ['admin'] }), true, true, true, false],
  ['domain service', caller({ ...domain, roles: ['service'] }), true, true, true, true],
  ['system reader', caller({ ...system, roles: ['reader'] }), false, false, false, false],
];

const withOldDefaults: readonly Row[] = [
  ['admin', caller({ roles: ['admin'] }), true, true, true, true],
  ['service', caller({ roles: ['service'] }), true, true, true, true],
  ['reader', caller({ roles: ['reader'] }), false, true, false, false],
  ['system admin', caller({ ...system, roles: ['admin'] }), false, false, false, false],
];

for (const [title, options, rows] of [
  ['new defaults', {}, withNewDefaults],
  ['no scope enforcement', { enforceScope: false }, withoutScope],
  ['deprecated defaults', { enforceNewDefaults: false }, withOldDefaults],
] as const) {
  for (const [what, who, most, ownUsages, otherUsages, reshape] of rows) {
    test(`${title}: ${what}`, async (t) => {
      const enforcer = await enforcerWith(t, {}, options);
      const target = { project_id: who.projectId, user_id: who.userId };
      for (const rule of POLICY_RULES) {
        if (rule === 'placement:usages' || rule === 'placement:reshaper:reshape') continue;
        assert.equal(await enforcer.allows(rule, who, target), most, rule);
      }
      assert.equal(await enforcer.allows('placement:usages', who, { project_id: own.project_id }), ownUsages);
      assert.equal(await enforcer.allows('placement:usages', who, other), otherUsages);
      assert.equal(await enforcer.allows('placement:reshaper:reshape', who, target), reshape);
    });
  }
}

test('a null project of the target is the text None', async (t) => {
  const enforcer = await enforcerWith(t, {});
  const reader = caller({ roles: ['reader'], projectId: null });
  assert.equal(await enforcer.allows('placement:usages', reader, { project_id: null }), true);
});

test('without scope enforcement, a caller of the wrong scope is told of once', async (t) => {
  const enforcer = await enforcerWith(t, {}, { enforceScope: false });
  const who = caller({ ...system, roles: ['admin'] });
  for (let count = 0; count < 3; count++) await enforcer.allows('placement:traits:list', who, own);
  assert.deepEqual(enforcer.trouble.length, 1);
  assert.match(enforcer.trouble[0] ?? '', /placement:traits:list .* system-scoped/);
});

test('every default can be understood, and every operation has one', () => {
  for (const { text, deprecatedText } of DEFAULT_RULES) {
    assert.deepEqual(parseRule(text).problems, []);
    assert.deepEqual(parseRule(deprecatedText ?? '').problems, []);
  }
  const names = new Set(DEFAULT_RULES.map(({ name }) => name));
  for (const rule of POLICY_RULES) assert.ok(names.has(rule));
  assert.equal(POLICY_RULES.length, 33);
});

test('a rule in a file is exactly what the file says, also with deprecated defaults', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': 'service_api: role:x' }, { enforceNewDefaults: false });
  const reshape = (role: string) => enforcer.allows('placement:reshaper:reshape', caller({ roles: [role] }), own);
  assert.deepEqual([await reshape('x'), await reshape('admin'), await reshape('service')], [true, false, false]);
});

test('overriding admin_api changes nothing', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': 'admin_api: role:x' });
  assert.deepEqual([await enforcer.admits('admin'), await enforcer.admits('x')], [true, false]);
});

test('a file that defines `rule:admin_api` replaces the rules with a deprecated default', async (t) => {
  const text = '"rule:admin_api": role:x\nproject_reader_api: role:y';
  for (const enforceNewDefaults of [true, false]) {
    const enforcer = await enforcerWith(t, { 'policy.yaml': text }, { enforceNewDefaults });
    assert.deepEqual([await enforcer.admits('admin'), await enforcer.admits('x')], [false, true]);
    const usages = (role: string) => enforcer.allows('placement:usages', caller({ roles: [role] }), other);
    assert.deepEqual([await usages('admin'), await usages('x'), await usages('y')], [false, true, false]);
  }
});
