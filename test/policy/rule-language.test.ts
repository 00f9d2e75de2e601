// The rule language (operations §3.6), the measured vectors first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate, type RemoteQuestion, type Verdict } from '../../src/policy/evaluate.ts';
import { parseRule, type RuleText } from '../../src/policy/parse-rule.ts';
import { caller } from './enforcing.ts';

const someone = caller({ roles: ['Admin', 'x'] });
const target = { project_id: 'p', user_id: 'u' };

async function answer(rule: RuleText, others: Readonly<Record<string, RuleText>> = {}): Promise<Verdict> {
  const rules = new Map(Object.entries(others).map(([name, text]) => [name, parseRule(text).check]));
  return evaluate(parseRule(rule).check, {
    findRule: (name) => rules.get(name) ?? null,
    rule: 'r',
    caller: someone,
    target,
    askRemote: async (url) => (url === 'http://yes/p' ? 'pass' : 'broken'),
  });
}

const vectors: readonly (readonly [rule: RuleText, passes: boolean])[] = [
  ['', true],
  ['@', true],
  [[], true],
  [null, true],
  ['!', false],
  [[[]], false],
  ['role:ADMIN', true],
  ['roles:admin', false],
  ['roles:Admin', true],
  ['admin', false],
  ['project_id:p', true],
  ["project_id:'p'", false],
  ["'p':%(project_id)s", true],
  ['project_id:%(nope)s', false],
  ['is_admin_project:True', true],
  ['is_admin:True', false],
  ['domain_id:None', true],
  ['role:admin role:x', false],
  ['role:z or role:admin and role:x', true],
  ['role:admin)', false],
  ['(role:admin', false],
  ['role:admin AND (role:z OR role:x)', true],
  ['rule:nope', false],
  ['not not role:admin', true],
  ['user_id:a:b', false],
  [['role:z', 'role:admin'], true],
  ['foo-bar:x', false],
  [[['role:z'], 'role:admin'], true],
  [[['role:admin', 'role:z']], false],
];

for (const [rule, passes] of vectors) {
  test(`vector: ${JSON.stringify(rule)} ${passes ? 'passes' : 'does not pass'}`, async () => {
    assert.equal((await answer(rule)) === 'pass', passes);
  });
}

const more: readonly (readonly [rule: RuleText, verdict: Verdict])[] = [
  ['project_id:%(project_id)s', 'pass'],
  ['(project_id:%(project_id)s)', 'pass'],
  ['((role:admin)) and (role:x)', 'pass'],
  ['role:z and role:z or role:x', 'pass'],
  ['role:z and (role:z or role:x)', 'fail'],
  ['not role:z and role:x', 'pass'],
  ['not (role:z or role:x)', 'fail'],
  ['role:x\n  and\trole:admin', 'pass'],
  ['role:%(user_id)s', 'fail'],
  ['role:x%%', 'fail'],
  ['   ', 'fail'],
  ['and', 'fail'],
  ['not', 'fail'],
  ['role:x or', 'fail'],
  ['()', 'fail'],
  ['@ and !', 'fail'],
  ['@ and @', 'pass'],
  ['!role:x', 'broken'],
  ['admin or role:x', 'pass'],
  ['True:True', 'pass'],
  ['12:12', 'pass'],
  ['-1.50:-1.5', 'pass'],
  ['2.0:2.0', 'pass'],
  ['None:None', 'pass'],
  ['"u":%(user_id)s', 'pass'],
  ['system:None', 'pass'],
  ['system_scope:all', 'fail'],
  ['service_roles:service', 'fail'],
  ['ROLE:x', 'fail'],
  ['Rule:x', 'fail'],
  ['__proto__:x', 'fail'],
  ['constructor.name:Object', 'fail'],
  ['unknown.name:x', 'fail'],
  ['http://yes/%(project_id)s', 'pass'],
  ['http://yes/%(nope)s', 'fail'],
  // An inner list is checks, not expressions.
  [['role:x and role:admin'], 'fail'],
  [['@'], 'pass'],
  [['', 'role:z'], 'fail'],
  [[null, []], 'fail'],
  [['', 'role:x'], 'pass'],
];

for (const [rule, verdict] of more) {
  test(`${JSON.stringify(rule)}: ${verdict}`, async () => {
    assert.equal(await answer(rule), verdict);
  });
}

// A request that the reference answers with 500. `not` must not make a pass of it; another way in stays open.
for (const rule of [
  'project_id:%',
  'project_id:100%x',
  '1a:x',
  '012:12',
  "'word'",
  '"a b',
  'project_id.x:y',
  'roles.x:y',
]) {
  test(`${rule} is broken: refused, also behind not`, async () => {
    assert.notEqual(await answer(rule), 'pass');
    if (rule === '"a b') return;
    assert.equal(await answer(rule), 'broken');
    assert.equal(await answer(`not ${rule}`), 'broken');
    assert.equal(await answer(`${rule} or role:x`), 'pass');
    assert.equal(await answer(`role:x and ${rule}`), 'broken');
    assert.equal(await answer(`${rule} and role:z`), 'fail');
  });
}

test('a server that does not answer refuses, also behind not', async () => {
  assert.equal(await answer('http://no/'), 'broken');
  assert.equal(await answer('not http://no/'), 'broken');
});

test('rules that refer to each other in a circle never pass, also behind not', async () => {
  assert.equal(await answer('rule:a', { a: 'not rule:b', b: 'rule:a' }), 'broken');
  assert.equal(await answer('rule:a', { a: 'rule:a' }), 'broken');
  assert.equal(await answer('role:x or rule:a', { a: 'rule:a' }), 'pass');
});

test('a rule may be reached twice without being a circle', async () => {
  assert.equal(await answer('rule:a and rule:b', { a: 'rule:c', b: 'rule:c', c: '@' }), 'pass');
});

test('a long chain of rules ends in a refusal, not in an exhausted stack', async () => {
  const chain = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`r${n}`, `rule:r${n + 1}`]));
  assert.equal(await answer('rule:r0', chain), 'broken');
});

test('deep nesting ends in a refusal, not in an exhausted stack', async () => {
  assert.equal(await answer(`${'('.repeat(50_000)}@${')'.repeat(50_000)}`), 'fail');
  assert.equal(await answer(`${'not '.repeat(50_000)}@`), 'fail');
});

test('what lets nobody in by mistake is told', () => {
  for (const rule of ['admin', 'role:x or', '1a:x', 'project_id:%', "'word'"]) {
    assert.equal(parseRule(rule).problems.length, 1, rule);
  }
  assert.deepEqual(parseRule('role:x and not rule:y').problems, []);
});

test('any text is parsed and evaluated without an error', async () => {
  const unit = fc.constantFrom(
    '(',
    ')',
    ' ',
    ':',
    '@',
    '!',
    '%',
    "'",
    '"',
    'a',
    'role:x',
    'and',
    'or',
    'not',
    '1',
    '.',
  );
  const text = fc.oneof(fc.string({ unit }), fc.string());
  const rule: fc.Arbitrary<RuleText> = fc.oneof(text, fc.array(fc.oneof(text, fc.array(text))));
  await fc.assert(
    fc.asyncProperty(rule, async (each) => {
      const verdict = await answer(each);
      assert.ok(['pass', 'fail', 'broken'].includes(verdict));
    }),
  );
});

test('the question to a server holds rule, target and caller', async () => {
  const asked: (readonly [string, RemoteQuestion])[] = [];
  await evaluate(parseRule('https://h/%(user_id)s').check, {
    findRule: () => null,
    rule: 'placement:traits:list',
    caller: someone,
    target,
    askRemote: async (url, _text, question) => {
      asked.push([url, question]);
      return 'fail';
    },
  });
  assert.equal(asked[0]?.[0], 'https://h/u');
  assert.equal(asked[0]?.[1].rule, 'placement:traits:list');
  assert.deepEqual(asked[0]?.[1].target, target);
  assert.deepEqual(asked[0]?.[1].credentials.roles, ['Admin', 'x']);
});
