// Quantiles of the benchmark: a value that was measured, never one in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../../bench/measure/quantile.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test('half, and ninety-nine of a hundred, are not more', () => {
  assert.equal(quantile(hundred, 0.5), 50);
  assert.equal(quantile(hundred, 0.99), 99);
  assert.equal(quantile(hundred, 1), 100);
});

test('of one value every quantile is that value', () => {
  assert.equal(quantile([7], 0.01), 7);
  assert.equal(quantile([7], 0.99), 7);
});

test('of none there is none', () => {
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
