// JSON text written by hand must be what JSON.parse would have needed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryPath, providerPath, segment, traitPath } from '../../../src/http/routes/hrefs.ts';
import { integerText, objectText, realText } from '../../../src/http/routes/json-text.ts';
import { newest } from '../../../src/http/routes/last-modified.ts';
import { lastValue } from '../../../src/http/routes/query-values.ts';

test('members keep their order, and any key is a member', () => {
  assert.equal(
    objectText([
      ['b', '1'],
      ['10', '2'],
      ['', '[]'],
      ['__proto__', '{}'],
      ['"\n', 'null'],
    ]),
    '{"b":1,"10":2,"":[],"__proto__":{},"\\"\\n":null}',
  );
  assert.equal(objectText([]), '{}');
});

test('integers have all their digits', () => {
  assert.equal(integerText(0), '0');
  assert.equal(integerText(-0), '0');
  assert.equal(integerText(-5), '-5');
  assert.equal(integerText(2 ** 53), '9007199254740992');
  assert.equal(integerText(1e21), '1000000000000000000000');
  assert.equal(integerText(2147483647 * 3.40282e38).length, 48);
  assert.equal(integerText(Number.POSITIVE_INFINITY), 'null');
});

test('reals are told apart from integers', () => {
  assert.equal(realText(1), '1.0');
  assert.equal(realText(16.5), '16.5');
  assert.equal(realText(0), '0.0');
  assert.equal(realText(3.40282e38), '3.40282e+38');
});

test('segments of paths are percent-encoded', () => {
  assert.equal(segment('a/b \u2603'), 'a%2Fb%20%E2%98%83');
  assert.equal(segment('\ud800'), '%EF%BF%BD');
  assert.equal(traitPath('CUSTOM_A'), '/traits/CUSTOM_A');
  assert.equal(providerPath('?'), '/resource_providers/%3F');
  assert.equal(inventoryPath('u', 'VCPU'), '/resource_providers/u/inventories/VCPU');
});

test('the newest of times that may be unknown; now when none is known', () => {
  const before = Date.now();
  assert.equal(newest([new Date(5), null, new Date(9), new Date(7)]).getTime(), 9);
  for (const none of [[], [null]]) assert.ok(newest(none).getTime() >= before);
});

test('a repeated parameter means its last value', () => {
  const pairs = [
    ['a', '1'],
    ['__proto__', 'x'],
    ['a', '2'],
  ] as const;
  assert.equal(lastValue(pairs, 'a'), '2');
  assert.equal(lastValue(pairs, '__proto__'), 'x');
  assert.equal(lastValue(pairs, 'constructor'), null);
});
