// docs/limits.md and docs/metrics.md say what the code says, and every bound is in all three places: a setting, an error
// that names it, a metric.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadCatalogue } from '../../scripts/error-page.ts';
import { limitsPage } from '../../scripts/limits-page.ts';
import { metricsPage } from '../../scripts/metrics-page.ts';
import { placeholders } from '../../scripts/placeholders.ts';
import { berthOptions } from '../../src/config/options/berth.ts';
import { errorCatalogue } from '../../src/domain/errors/declare.ts';
import { limitNames } from '../../src/telemetry/http-metrics.ts';

const DOCS = new URL('../../docs/', import.meta.url);

test('the pages are what the code makes of them', async () => {
  for (const [name, text] of [
    ['limits.md', await limitsPage()],
    ['metrics.md', metricsPage()],
  ] as const) {
    assert.ok(readFileSync(new URL(name, DOCS), 'utf8') === text, `docs/${name} is out of date: run \`npm run docs\``);
  }
});

test('every option that is a bound has a refusal, and every refusal by a bound an option', async () => {
  await loadCatalogue();
  const bounds = berthOptions.map(({ name }) => name).filter((name) => /_max$|^request_timeout$|^overload_/.test(name));
  assert.ok(bounds.length >= 14);
  // Who finds them all under way waits.
  assert.deepEqual(limitNames(), bounds.filter((name) => name !== 'concurrent_requests_max').sort());
});

test('the refusal by a bound names its setting', async () => {
  await loadCatalogue();
  for (const { kind, limit, textFor } of errorCatalogue()) {
    if (limit === null) continue;
    const text = textFor({ ...Object(placeholders()), setting: `[berth] ${limit}`, limit: 1 });
    assert.match(text, new RegExp(`setting (\\[berth\\] )?${limit}\\b`), kind);
  }
});
