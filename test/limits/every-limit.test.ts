// What every bound on requests has: a setting in [berth] with a default, a proof of its effect, and an error that names it.
// Bounds come from the catalogue of errors, so one that is added without these fails here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCatalogue } from '../../src/domain/errors/declare.ts';
import '../../src/http/routes/index.ts';
import { findOption } from '../../src/config/options.ts';
import { effectOf } from '../option-effects/all-effects.ts';

const BOUNDS = errorCatalogue().filter(({ limit }) => limit !== null);
for (const { kind, limit, textFor } of BOUNDS) {
  test(`${kind} is by a setting, and names it`, () => {
    const option = findOption('berth', limit ?? '');
    assert.equal(option?.status, 'effective');
    assert.notEqual(option?.default ?? null, null);
    assert.ok(effectOf(`[berth] ${limit}`) !== undefined);
    const placeholders = new Proxy({}, { get: (_target, name) => (name === 'setting' ? `[berth] ${limit}` : 1) });
    assert.ok(textFor(placeholders).includes(`(setting [berth] ${limit})`), textFor(placeholders));
  });
}
