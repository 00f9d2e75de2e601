// The file grammar, line by line (operations §1.3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIniFile } from '../../src/config/ini-file.ts';

type Row = readonly [what: string, text: string, expected: readonly string[]];

const good: readonly Row[] = [
  ['an assignment', '[api]\nauth_strategy = noauth2', ['2 api.auth_strategy=noauth2']],
  ['a colon separates as well', '[api]\na: b', ['2 api.a=b']],
  ['the first separator counts', '[a]\nk = b:c=d\nl: e=f', ['2 a.k=b:c=d', '3 a.l=e=f']],
  ['no space around the separator', '[a]\nk=v', ['2 a.k=v']],
  ['no inline comments', '[api]\na = noauth2  # testing', ['2 api.a=noauth2  # testing']],
  ['a # in a password is data', '[a]\nk = p#w;d', ['2 a.k=p#w;d']],
  ['comments and empty lines', '# x\n\n; y\n[a]\n#k = v\nk = v', ['6 a.k=v']],
  ['quotes are removed in pairs', `[a]\nk = "v"\nl = ' w '\nm = "x'`, ['2 a.k=v', '3 a.l= w ', `4 a.m="x'`]],
  ['one pair only', `[a]\nk = ""v""`, ['2 a.k="v"']],
  ['a lone quote stays', '[a]\nk = "', ['2 a.k="']],
  ['empty values', '[a]\nk =\nl:', ['2 a.k=', '3 a.l=']],
  ['continuation lines', '[a]\nk = b\n  c\n\td  \nl = e', ['2 a.k=b\nc\nd', '5 a.l=e']],
  ['only the first line loses quotes', '[a]\nk = "b"\n  "c"', ['2 a.k=b\n"c"']],
  ['continued quotes stay', '[a]\nk = "b\n  c"', ['2 a.k="b\nc"']],
  ['sections ignore case', '[API]\na = b\n[Api]\nc = d', ['2 api.a=b', '4 api.c=d']],
  ['but DEFAULT is written so', '[DEFAULT]\na = b\n[default]\nc = d', ['2 DEFAULT.a=b', '4 default.c=d']],
  ['keys keep their case', '[a]\nKey = v', ['2 a.Key=v']],
  ['repeated sections', '[a]\nk = 1\n[b]\n[a]\nk = 2', ['2 a.k=1', '5 a.k=2']],
  ['percent signs', '[a]\nk = %%20%', ['2 a.k=%%20%']],
  ['Windows line ends', '[a]\r\nk = v\r\n  w\r\n', ['2 a.k=v\nw']],
  ['an indented comment continues', '[a]\nk = v\n  # w', ['2 a.k=v\n# w']],
];

for (const [what, text, assignments] of good) {
  test(`the file grammar: ${what}`, () => {
    const parsed = parseIniFile(text);
    assert.deepEqual(
      parsed.assignments.map(({ line, section, key, value }) => `${line} ${section}.${key}=${value}`),
      assignments,
    );
    assert.deepEqual(parsed.problems, []);
  });
}

const bad: readonly Row[] = [
  ['an assignment before any section', 'a = b', ['1 Section must be started before assignment']],
  ['a header without its end', '[api\na = b', ['1 Invalid section (must end with ])']],
  ['a header with something behind it', '[api] # x\na = b', ['1 Invalid section (must end with ])']],
  ['a header without a name', '[]', ['1 Empty section name']],
  ['no separator', '[a]\nword', ["2 No ':' or '=' found in assignment"]],
  ['no key', '[a]\n= v', ['2 Key cannot be empty']],
  ['a continuation of nothing', '[a]\n  v', ['2 Unexpected continuation line']],
  ['a continuation after an empty line', '[a]\nk = v\n\n  w', ['4 Unexpected continuation line']],
  ['a continuation after a comment', '[a]\nk = v\n# c\n  w', ['4 Unexpected continuation line']],
  [
    'several at once',
    'x\n[a]\n= 1\ny',
    ["1 No ':' or '=' found in assignment", '3 Key cannot be empty', "4 No ':' or '=' found in assignment"],
  ],
];

for (const [what, text, problems] of bad) {
  test(`the file grammar refuses ${what}`, () => {
    assert.deepEqual(
      parseIniFile(text).problems.map(({ line, reason }) => `${line} ${reason}`),
      problems,
    );
  });
}

test('after a problem, reading goes on', () => {
  const parsed = parseIniFile('[a]\nword\nk = v');
  assert.deepEqual(
    parsed.assignments.map(({ key, line }) => [key, line]),
    [['k', 3]],
  );
});

test('any text is either read or refused, and never throws', () => {
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(' ', '\t', '[', ']', '=', ':', '#', ';', '"', "'", 'a', '$', '\\', '%') }),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const { assignments, problems } = parseIniFile(text);
      const count = text.split(/\r\n|\r|\n/).length;
      for (const each of [...assignments, ...problems]) assert.ok(each.line >= 1 && each.line <= count);
    }),
  );
});
