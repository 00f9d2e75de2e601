// Policy files: where they are, what may be in them, and how they are kept up with (operations §3.7).

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parsePolicyFile } from '../../src/policy/policy-file.ts';
import { makeDirectory, writeIn } from '../config/directory.ts';
import { caller, enforcerWith, type TestEnforcer, untilNextLook } from './enforcing.ts';

/** A policy file that lets exactly this role list traits. */
const only = (role: string) => `"placement:traits:list": "role:${role}"\n`;

async function admitted(enforcer: TestEnforcer, ...roles: readonly string[]): Promise<readonly string[]> {
  await untilNextLook();
  const admitted: string[] = [];
  for (const role of roles) if (await enforcer.admits(role)) admitted.push(role);
  return admitted;
}

const contents: readonly (readonly [what: string, text: string, rules: Readonly<Record<string, unknown>>])[] = [
  ['text', 'a: role:x', { a: 'role:x' }],
  ['quoted signs', 'a: "!"\nb: "@"', { a: '!', b: '@' }],
  ['an empty value', 'a:\nb: ""', { a: null, b: '' }],
  [
    'lists',
    'a: []\nb: [[]]\nc: ["role:x", [role:y, "role:z"]]',
    { a: [], b: [[]], c: ['role:x', ['role:y', 'role:z']] },
  ],
  ['a folded text', 'a: >\n  role:x\n  or role:y\n', { a: 'role:x or role:y\n' }],
  ['JSON', '{\n\t"a": "role:x",\n\t"b": ["role:y"]\n}', { a: 'role:x', b: ['role:y'] }],
  ['nothing', '# all defaults\n', {}],
  ['a repeated name', 'a: role:x\na: role:y', { a: 'role:y' }],
  ['an anchor', 'a: &x role:x\nb: *x', { a: 'role:x', b: 'role:x' }],
  [
    'names that objects know',
    '__proto__: role:x\nconstructor: role:y',
    { ['__proto__']: 'role:x', constructor: 'role:y' },
  ],
];
for (const [what, text, rules] of contents) {
  test(`a policy file may hold ${what}`, () => {
    const file = parsePolicyFile(text, 'policy.yaml');
    assert.deepEqual([...file.rules], Object.entries(rules));
    assert.deepEqual(file.warnings, []);
  });
}

test('a bare ! lets nobody in, though to YAML it is the empty text', () => {
  const { rules, warnings } = parsePolicyFile('a: !\nb: [!]', 'policy.yaml');
  assert.deepEqual(
    [...rules],
    [
      ['a', '!'],
      ['b', ['!']],
    ],
  );
  assert.equal(warnings.length, 2);
});

for (const text of [
  '- a',
  'text',
  'a: {b: c}',
  'a: 1',
  'a: true',
  'a: [1]',
  'a: [[[b]]]',
  'a: @',
  'a: [',
  '\tb: c',
  'a: *b',
]) {
  test(`a policy file may not be ${JSON.stringify(text)}`, async (t) => {
    assert.throws(() => parsePolicyFile(text, 'policy.yaml'), { name: 'PolicyFileError', message: /policy\.yaml/ });
    await assert.rejects(enforcerWith(t, { 'policy.yaml': text }), { name: 'PolicyFileError' });
  });
}

test('the file that opens everything', async (t) => {
  const path = join(makeDirectory(t, { 'open.yaml': '"placement:traits:list": "@"\n' }), 'open.yaml');
  const enforcer = await enforcerWith(t, {}, { policyFile: path, searchDirectories: [] });
  assert.equal(await enforcer.admits('nobody'), true);
  assert.equal(await enforcer.allows('placement:reshaper:reshape', caller(), { project_id: 'p' }), false);
});

test('a relative name is looked for in all directories, the first match wins', async (t) => {
  const first = makeDirectory(t);
  const second = makeDirectory(t, { 'policy.yaml': only('second') });
  const enforcer = await enforcerWith(t, {}, { searchDirectories: [first, second] });
  assert.deepEqual(await admitted(enforcer, 'first', 'second'), ['second']);
  writeIn(first, 'policy.yaml', only('first'));
  assert.deepEqual(await admitted(enforcer, 'first', 'second'), ['first']);
});

test('policy.json stands in where policy.yaml is missing, with a warning', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.json': '{"placement:traits:list": "role:x"}' });
  assert.deepEqual(await admitted(enforcer, 'x', 'admin'), ['x']);
  assert.match(enforcer.trouble.join(), /policy\.json: JSON/);
  writeIn(enforcer.directory, 'policy.yaml', only('y'));
  assert.deepEqual(await admitted(enforcer, 'x', 'y'), ['y']);
});

test('directories: in order of name, over the main file, without dot-files and subdirectories', async (t) => {
  const enforcer = await enforcerWith(t, {
    'policy.yaml': only('main'),
    'policy.d/10.yaml': only('ten'),
    'policy.d/20.json': only('twenty'),
    'policy.d/.30.yaml': only('hidden'),
    'policy.d/40/x.yaml': only('deeper'),
  });
  assert.deepEqual(await admitted(enforcer, 'main', 'ten', 'twenty', 'hidden', 'deeper'), ['twenty']);
});

test('directories work without a main file', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.d/a.yaml': only('x') });
  assert.deepEqual(await admitted(enforcer, 'x', 'admin'), ['x']);
});

test('a change holds for the next decision', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': only('x') });
  assert.deepEqual(await admitted(enforcer, 'x', 'y'), ['x']);
  writeIn(enforcer.directory, 'policy.yaml', only('y'));
  assert.deepEqual(await admitted(enforcer, 'x', 'y'), ['y']);
  assert.deepEqual(enforcer.trouble, []);
});

test('a second change of the same length and time is seen as well', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': only('x') });
  const path = join(enforcer.directory, 'policy.yaml');
  const now = new Date();
  for (const role of ['y', 'z', 'x']) {
    writeFileSync(path, only(role));
    utimesSync(path, now, now);
    assert.deepEqual(await admitted(enforcer, 'x', 'y', 'z'), [role]);
  }
});

test('an older file that is put in the place of a newer one is seen', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': only('x'), 'backup.yaml': only('y') });
  utimesSync(join(enforcer.directory, 'backup.yaml'), 1000, 1000);
  renameSync(join(enforcer.directory, 'backup.yaml'), join(enforcer.directory, 'policy.yaml'));
  assert.deepEqual(await admitted(enforcer, 'x', 'y'), ['y']);
});

test('files and directories that appear later are picked up', async (t) => {
  const enforcer = await enforcerWith(t, {});
  assert.deepEqual(await admitted(enforcer, 'admin', 'x', 'y'), ['admin']);
  writeIn(enforcer.directory, 'policy.yaml', only('x'));
  assert.deepEqual(await admitted(enforcer, 'admin', 'x', 'y'), ['x']);
  writeIn(enforcer.directory, 'policy.d/a.yaml', only('y'));
  assert.deepEqual(await admitted(enforcer, 'admin', 'x', 'y'), ['y']);
  writeIn(enforcer.directory, 'policy.d/a.yaml', only('admin'));
  assert.deepEqual(await admitted(enforcer, 'admin', 'x', 'y'), ['admin']);
  rmSync(join(enforcer.directory, 'policy.d/a.yaml'));
  assert.deepEqual(await admitted(enforcer, 'admin', 'x', 'y'), ['x']);
});

for (const [what, text] of [
  ['invalid YAML', 'a: ['],
  ['no mapping', '- a'],
  ['no rule', '"placement:traits:list": 1'],
] as const) {
  test(`${what} on reload: the old rules stay, and it is said once for each change`, async (t) => {
    const enforcer = await enforcerWith(t, { 'policy.yaml': only('x') });
    for (let count = 1; count <= 2; count++) {
      writeIn(enforcer.directory, 'policy.yaml', `${text} # ${'again'.repeat(count)}\n`);
      for (let look = 0; look < 3; look++) assert.deepEqual(await admitted(enforcer, 'x', 'admin'), ['x']);
      assert.equal(enforcer.trouble.length, count, enforcer.trouble.join('\n'));
      assert.match(enforcer.trouble.at(-1) ?? '', /policy\.yaml: .*; the rules from before stay in force$/);
    }
    writeIn(enforcer.directory, 'policy.yaml', only('y'));
    assert.deepEqual(await admitted(enforcer, 'x', 'y'), ['y']);
  });
}

test('a file that is deleted counts as empty, and it is said', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': only('x') });
  rmSync(join(enforcer.directory, 'policy.yaml'));
  assert.deepEqual(await admitted(enforcer, 'x', 'admin'), ['admin']);
  assert.match(enforcer.trouble.join('\n'), /policy\.yaml is gone; the defaults hold/);
  assert.equal(enforcer.trouble.length, 1);
});

test('a file that cannot be read leaves the old rules in force', async (t) => {
  const enforcer = await enforcerWith(t, { 'policy.yaml': only('x') });
  // Not UTF-8: unlike a missing permission, that stops root as well.
  writeFileSync(join(enforcer.directory, 'policy.yaml'), Buffer.from([0x61, 0xff]));
  assert.deepEqual(await admitted(enforcer, 'x', 'admin'), ['x']);
  assert.equal(enforcer.trouble.length, 1);
});

test('a directory in the place of the file counts as no file', async (t) => {
  const enforcer = await enforcerWith(t, {});
  mkdirSync(join(enforcer.directory, 'policy.yaml'));
  assert.deepEqual(await admitted(enforcer, 'admin'), ['admin']);
});

test('what is odd about the rules is said at the start', async (t) => {
  const text = [
    'admin_api: role:admin',
    'a: rule:b',
    'b: not rule:a',
    'c: rule:nope',
    'd: word',
    'e: role:x',
    '"placement:traits:list": rule:a',
    '"placement:traits:show": "not rule:a"',
  ].join('\n');
  const enforcer = await enforcerWith(t, { 'policy.yaml': text });
  const said = enforcer.trouble.join('\n');
  assert.match(said, /only repeat the default: admin_api$/m);
  assert.match(said, /circle, which never passes: (a → b → a|b → a → b)/);
  assert.match(said, /policy rule c refers to nope, which does not exist/);
  assert.match(said, /policy rule d: 'word' is not a check/);
  assert.equal(enforcer.trouble.length, 4, said);
  assert.equal(await enforcer.admits('admin'), false);
  assert.equal(
    await enforcer.allows('placement:traits:show', caller({ roles: ['admin'] }), { project_id: 'p' }),
    false,
  );
});

test('the default rule stands in for unknown names, if a file defines it', async (t) => {
  const text = '"placement:traits:list": rule:nope\ndefault: role:x\n';
  const one = await enforcerWith(t, { 'policy.yaml': text });
  assert.deepEqual(await admitted(one, 'x', 'admin'), ['x']);
  const other = await enforcerWith(t, { 'policy.yaml': text }, { defaultRule: 'other' });
  assert.deepEqual(await admitted(other, 'x', 'admin'), []);
  const builtIn = await enforcerWith(t, { 'policy.yaml': text }, { defaultRule: 'admin_api' });
  assert.deepEqual(await admitted(builtIn, 'x', 'admin'), []);
});
