// The catalogue itself: what a reader of it, and the pages generated from it, may rely on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convert, valueText } from '../../src/config/convert.ts';
import { findOption, isSecretName, OPTIONS, optionKey } from '../../src/config/options.ts';

test('each option stands once, and no old name is a current one', () => {
  const keys = OPTIONS.map(({ group, name }) => optionKey(group, name));
  assert.equal(new Set(keys).size, keys.length);
  for (const { formerNames = [] } of OPTIONS) {
    for (const { group, name } of formerNames) assert.equal(findOption(group, name), undefined);
  }
});

test('every default but those with $ is a value that the option accepts', () => {
  for (const option of OPTIONS) {
    if (option.default === null || valueText(option.default).startsWith('$')) continue;
    const texts = option.type === 'multi' ? option.default : [valueText(option.default)];
    const { value } = convert(option, texts);
    assert.deepEqual(value, option.default, `[${option.group}] ${option.name}`);
  }
});

test('every option has a line of help', () => {
  for (const { name, help } of OPTIONS) assert.match(help, /^\S.*[^\n]$/, name);
});

test('what holds passwords is secret', () => {
  for (const { group, name, secret } of OPTIONS) {
    if (/password|secret_key|_secret$|connection$|hmac/.test(name)) assert.equal(secret, true, `[${group}] ${name}`);
  }
  assert.ok(isSecretName('connection') && isSecretName('admin_password') && !isSecretName('port'));
});
