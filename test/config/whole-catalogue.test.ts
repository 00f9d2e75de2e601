// What holds for every option of the catalogue, one by one: one without effect is named once in the log when it is set, and
// a value that it cannot have stops the start with file, line, option, value and what is allowed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MASK } from '../../src/config/configuration-error.ts';
import { convert, valueText } from '../../src/config/convert.ts';
import type { LoadedSettings } from '../../src/config/load-settings.ts';
import type { ShownOption } from '../../src/config/option-values.ts';
import type { Option } from '../../src/config/options/option.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { errorOf, load, SQLITE } from './load.ts';

const titleOf = ({ group, name }: Pick<Option, 'group' | 'name'>): string => `[${group}] ${name}`;

/** A value that differs from the default. */
function another(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return option.default ? 'false' : 'true';
    case 'integer':
    case 'number':
      return String((option.default ?? 0) + 1);
    case 'string':
      return option.choices?.find((choice) => choice !== option.default && choice !== '') ?? 'another';
    default:
      return 'another';
  }
}

/** A text that the option cannot be, and what must be said of it; null: it may be anything. */
function impossible(option: Option): { readonly text: string; readonly allowed: RegExp } | null {
  switch (option.type) {
    case 'boolean':
      return { text: 'perhaps', allowed: /allowed are true, 1, on, yes, false, 0, off and no/ };
    case 'integer':
      return { text: '1.5', allowed: /a whole number is expected/ };
    case 'number':
      return { text: 'soon', allowed: /a number is expected/ };
    case 'string':
      if (option.choices !== undefined) return { text: 'perhaps', allowed: /Valid values are \[/ };
      // A space is in none of the forms.
      return option.form === undefined ? null : { text: 'no such thing', allowed: / is expected/ };
    default:
      return null;
  }
}

/** Texts beyond a bound, on either side. */
function beyond(option: Option): readonly { readonly text: string; readonly allowed: RegExp }[] {
  if (option.type !== 'integer' && option.type !== 'number') return [];
  const max = option.type === 'integer' ? option.max : undefined;
  return [
    ...(option.min === undefined
      ? []
      : [{ text: String(option.min - 1), allowed: new RegExp(`must be ${option.min} or more`) }]),
    ...(max === undefined ? [] : [{ text: String(max + 1), allowed: new RegExp(`must be ${max} or less`) }]),
  ];
}

const withoutEffect = OPTIONS.filter(({ status }) => status === 'accepted');

for (const option of withoutEffect) {
  test(`${titleOf(option)} has no effect, and the log says so once`, (t) => {
    const key = option.group === 'keystone_authtoken' ? 'memcache_secret_key = a key\n' : '';
    const text = another(option);
    assert.notEqual(text, valueText(option.default));
    const { settings, warnings } = load(t, `[${option.group}]\n${key}${option.name} = ${text}\n${SQLITE}`);
    const named = warnings.filter((warning) => warning.includes(titleOf(option)));
    assert.equal(named.length, 1, warnings.join('\n'));
    assert.match(named[0] ?? '', /without effect|has no effect|cannot use/);
    assert.deepEqual(withoutPaths(settings), withoutPaths(load(t, '').settings));
  });
}

/** Where the file was differs from one load to the next. */
function withoutPaths(settings: object): unknown {
  return JSON.parse(JSON.stringify(settings).replaceAll(/berth-test-\w+/g, 'folder'));
}

test('no option without effect is named when none is set', (t) => {
  assert.deepEqual(load(t, '').warnings, []);
});

for (const option of OPTIONS) {
  const values = [...(impossible(option) === null ? [] : [impossible(option)]), ...beyond(option)];
  for (const value of values) {
    if (value === null) continue;
    const { text, allowed } = value;
    test(`${titleOf(option)} = ${text} stops the start`, (t) => {
      const { message, problems } = errorOf(() =>
        load(t, `# A comment.\n[${option.group}]\n${option.name} = ${text}\n${SQLITE}`),
      );
      assert.equal(problems.length, 1, message);
      const shown = option.secret === true ? MASK : text;
      const place = new RegExp(
        `^Value for option \\[${option.group}\\] ${option.name} from .*/placement\\.conf:3 is not valid: `,
      );
      assert.match(message, place);
      assert.match(message, allowed);
      assert.ok(message.endsWith(`, but found '${shown}'`), message);
    });
    test(`${titleOf(option)} = ${text} stops the start from the environment as well`, (t) => {
      const variable = `OS_${option.group.toUpperCase()}__${option.name.toUpperCase()}`;
      const { message } = errorOf(() => load(t, '', { [variable]: text }));
      assert.ok(message.includes(` from the environment variable ${variable} is not valid: `), message);
    });
  }
}

for (const option of OPTIONS) {
  for (const former of option.formerNames ?? []) {
    test(`${titleOf(former)} is an old name of ${titleOf(option)}`, (t) => {
      const assigned = (name: string, group: string) =>
        load(
          t,
          `[keystone_authtoken]\nmemcache_secret_key = a key\n[${group}]\n${name} = ${another(option)}\n${SQLITE}`,
        );
      const old = assigned(former.name, former.group);
      const current = assigned(option.name, option.group);
      assert.deepEqual(shownAs(old, option), shownAs(current, option));
      assert.equal(shownAs(old, option)?.isDefault, false);
      const told = old.warnings.filter((warning) => warning.startsWith(`${titleOf(former)} (`));
      assert.equal(told.length, 1);
      assert.ok(told[0]?.endsWith(`:4) is an old name of ${titleOf(option)}; use the new one`));
    });
  }
}

function shownAs({ shownOptions }: LoadedSettings, { group, name }: Option): ShownOption | undefined {
  return shownOptions.find((shown) => shown.group === group && shown.name === name);
}

test('what may be any text is told apart from what may not', () => {
  const free = OPTIONS.filter((option) => impossible(option) === null);
  for (const option of free) {
    assert.ok(['string', 'list', 'multi'].includes(option.type));
    assert.notEqual(convert(option, ['no such thing']).value, undefined);
  }
});
