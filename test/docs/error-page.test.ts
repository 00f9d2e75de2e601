// docs/errors.md says what the catalogue says, and the catalogue says enough.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorPage } from '../../scripts/error-page.ts';
import { errorCatalogue } from '../../src/domain/errors/declare.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('the page is what the catalogue makes of it', async () => {
  const committed = readFileSync(`${ROOT}docs/errors.md`, 'utf8');
  assert.ok(committed === (await errorPage()), 'docs/errors.md is out of date: run `npm run docs`');
});

test('every conflict says what to do about it, and no text is lost for want of a value', async () => {
  const page = await errorPage();
  const silent = errorCatalogue().filter(({ status, remedy }) => status === 409 && remedy === undefined);
  assert.deepEqual(
    silent.map(({ kind }) => kind),
    [],
  );
  assert.doesNotMatch(page, /undefined(?!_code)|\[object|function|=>/);
});

test('microversions of an error are such, and in order', async () => {
  await errorPage();
  for (const { kind, since = 0, until = 39 } of errorCatalogue()) {
    assert.ok(since >= 0 && since <= until && until <= 39, kind);
  }
});

test('errors are declared in the catalogue only, each for a use', () => {
  const sources = globSync('src/**/*.ts', { cwd: ROOT });
  const texts = new Map(sources.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
  const everything = [...texts.values()].join('\n');
  for (const [path, text] of texts) {
    const names = [...text.matchAll(/\b(\w+) = declareError\(/g)].map((match) => match[1] ?? '');
    if (!path.startsWith('src/domain/errors/')) assert.deepEqual(names, [], path);
    const unused = names.filter((name) => everything.split(new RegExp(`\\b${name}\\b`)).length < 3);
    assert.deepEqual(unused, [], `${path} declares what nothing uses`);
  }
});
