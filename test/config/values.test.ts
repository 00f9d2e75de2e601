// Values by type, and `$` in them (operations §1.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import { convert } from '../../src/config/convert.ts';
import type { Option, OptionValue } from '../../src/config/options/option.ts';
import { substitute } from '../../src/config/substitution.ts';
import { errorOf, load } from './load.ts';

const common = { group: 'g', name: 'n', status: 'effective', help: '' } as const;
const boolean: Option = { ...common, type: 'boolean', default: false };
const integer: Option = { ...common, type: 'integer', default: 7 };
const port: Option = { ...common, type: 'integer', default: 1, min: 0, max: 65535 };
const seconds: Option = { ...common, type: 'number', default: 1, min: 0 };
const list: Option = { ...common, type: 'list', default: null };
const choice: Option = { ...common, type: 'string', default: 'a', choices: ['a', 'Bc'] };
const anyCase: Option = { ...choice, anyCase: true };

const values: readonly (readonly [option: Option, text: string, value: OptionValue | undefined])[] = [
  ...['true', 'True', '1', 'ON', 'yes'].map((text) => [boolean, text, true] as const),
  ...['false', 'FALSE', '0', 'off', 'No'].map((text) => [boolean, text, false] as const),
  ...['', 'y', 'maybe', '2'].map((text) => [boolean, text, undefined] as const),
  [integer, '12', 12],
  [integer, ' -3 ', -3],
  [integer, '+4', 4],
  [integer, '', null],
  [integer, '1.5', undefined],
  [integer, '0x10', undefined],
  [integer, '1e3', undefined],
  [integer, '99999999999999999999', undefined],
  [port, '65535', 65535],
  [port, '65536', undefined],
  [port, '-1', undefined],
  [seconds, '0.5', 0.5],
  [seconds, '60', 60],
  [seconds, '-1', undefined],
  [seconds, 'soon', undefined],
  [list, 'a, b ,c', ['a', 'b', 'c']],
  [list, '"a,b"', ['"a', 'b"']],
  [list, '', []],
  [choice, 'Bc', 'Bc'],
  [choice, 'bc', undefined],
  [choice, '', undefined],
  [anyCase, 'bC', 'Bc'],
];

for (const [option, text, value] of values) {
  test(`${option.type} ${JSON.stringify(text)} is ${JSON.stringify(value) ?? 'refused'}`, () => {
    assert.deepEqual(convert(option, [text]).value, value);
  });
}

const known = new Map([
  ['.word', 'WORD'],
  ['.unset', ''],
  ['group.word', 'OTHER'],
]);
const lookUp = ({ group, name }: { group: string | null; name: string }) => known.get(`${group ?? ''}.${name}`);

/** `${…}`, which a plain string had better not contain. */
const braced = (name: string) => `$\{${name}}`;

const substitutions: readonly (readonly [text: string, result: string | undefined])[] = [
  ['plain', 'plain'],
  ['a$word', 'aWORD'],
  [`${braced('word')}s`, 'WORDs'],
  ['$group.word', 'OTHER'],
  [`${braced('group.word')}x`, 'OTHERx'],
  ['[$unset]', '[]'],
  ['pa$$word', 'pa$word'],
  ['pa\\$word', 'pa$word'],
  ['$$$word', '$WORD'],
  ['5$', '5$'],
  ['$ 5', '$ 5'],
  ['$5', '$5'],
  ['${word', '${word'],
  [braced(''), braced('')],
  ['%(x)s', '%(x)s'],
  ['pa$secret', undefined],
  [braced('nope.word'), undefined],
];

for (const [text, result] of substitutions) {
  test(`substitution: ${text} is ${result ?? 'refused'}`, () => {
    assert.equal(substitute(text, lookUp).text, result);
  });
}

test('a reference goes to the same group, then to [DEFAULT]', (t) => {
  const text = [
    '[DEFAULT]',
    'tempdir = tmp',
    '[berth]',
    `mount_prefix = /$host$tempdir${braced('placement.allocation_candidates_generation_strategy')}`,
    'host = here',
  ].join('\n');
  assert.equal(load(t, text).settings.berth.mountPrefix, '/heretmpdepth-first');
});

test('an integer may refer to another', (t) => {
  const { settings } = load(t, '[berth]\nquery_parameters_max = $port\nport = 1234');
  assert.equal(settings.limits.queryParametersMax, 1234);
});

test('a word that is no option stops the start, and the password is not shown', (t) => {
  const error = errorOf(() => load(t, '[placement_database]\nconnection = sqlite:///pa$word'));
  assert.match(error.message, /\[placement_database\] connection from .*placement\.conf:2 .*'\*\*\*\*'/);
  assert.doesNotMatch(error.message, /word/);
});

test('options that refer to each other in a circle are refused', (t) => {
  const error = errorOf(() =>
    load(
      t,
      '[placement]\nincomplete_consumer_user_id = $incomplete_consumer_project_id\nincomplete_consumer_project_id = a$incomplete_consumer_user_id',
    ),
  );
  assert.match(error.message, /no usable value/);
});

test('any configuration is loaded or refused as a ConfigurationError', (t) => {
  const name = fc.constantFrom('connection', 'port', 'debug', 'policy_dirs', 'auth_strategy', 'allowed_origin', 'x');
  const section = fc.constantFrom('[DEFAULT]', '[api]', '[berth]', '[placement_database]', '[oslo_policy]', '[cors]');
  const piece = fc.constantFrom('$', '$$', '${', '}', 'a', '1', ':', '//', '@', '%', 'sqlite://', 'mysql://', '?', '=');
  const value = fc.oneof(fc.string(), fc.string({ unit: piece }));
  const line = fc.oneof(
    section,
    fc.tuple(name, value).map(([key, text]) => `${key} = ${text}`),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        load(t, lines.join('\n'));
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
      }
    }),
    { numRuns: 60 },
  );
});
