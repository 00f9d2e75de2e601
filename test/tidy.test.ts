// The house's rules as tests: first that each of them can fail, on a few lines made for it, then that the project keeps
// them. A rule is a function of the files; the rules are in tidy/.

import assert from 'node:assert/strict';
import { describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BROKEN, KEPT } from './tidy/examples.ts';
import { FILE_RULES } from './tidy/files.ts';
import { projectOf, readProject } from './tidy/project.ts';
import { PROMISE_RULES } from './tidy/promises.ts';
import { ROOM_RULES } from './tidy/rooms.ts';
import { describe } from './tidy/rule.ts';
import { takeApart } from './tidy/source-text.ts';

const RULES = [...ROOM_RULES, ...FILE_RULES, ...PROMISE_RULES];

group('each rule can fail', () => {
  for (const [index, example] of BROKEN.entries()) {
    test(`${index + 1}: ${example.rule}: ${example.problem}`, () => {
      const rule = RULES.find(({ name }) => name.includes(example.rule));
      assert.ok(rule, `there is no rule called … ${example.rule} …`);

      const violations = rule.check(projectOf(example.files));

      assert.match(describe(violations), example.problem);
    });
  }

  test('there is an example for every rule', () => {
    const shown = RULES.filter(({ name }) => BROKEN.some((example) => name.includes(example.rule)));
    assert.deepEqual(
      RULES.map(({ name }) => name).filter((name) => !shown.some((rule) => rule.name === name)),
      [],
    );
  });

  test('what only looks like a breach is none', () => {
    const project = projectOf(KEPT);
    for (const rule of RULES) assert.equal(describe(rule.check(project)), '', rule.name);
  });
});

group('the project keeps the rules', () => {
  const project = readProject(fileURLToPath(new URL('..', import.meta.url)));

  test('the project is there', () => {
    assert.ok(project.byPath.has('src/cli/main.ts'));
    assert.ok(project.byPath.has('package.json'));
  });

  for (const rule of RULES) {
    test(rule.name, () => {
      const broken = describe(rule.check(project));
      assert.equal(broken, '', `\n${broken}\n`);
    });
  }
});

test('a file is taken apart into comments, literals and code', () => {
  const source =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program, not of a template
    "const a = 'it''s'; // why\nconst b = `x ${f({ y: `z` })} w`; /* and */ const c = /[/'`]/.test(a) ? 1 / 2 : 3;\n";

  const { code, withoutComments, literals } = takeApart(source);

  assert.deepEqual(
    literals.map(({ line, text }) => `${line} ${text}`),
    ['1 it', '1 s', '2 x ', '2 z', '2  w', "2 [/'`]"],
  );
  assert.equal(code.length, source.length);
  assert.match(code, /f\(\{ y: ` ` \}\).*\.test\(a\) \? 1 \/ 2 : 3;/);
  assert.doesNotMatch(withoutComments, /why|and/);
  assert.match(withoutComments, /'it''s'/);
});
