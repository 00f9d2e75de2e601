// docs/configuration.md and docs/policy.md say what the code says: every option, and every rule with its routes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configurationPage } from '../../scripts/configuration-page.ts';
import { policyPage } from '../../scripts/policy-page.ts';
import { OPTIONS } from '../../src/config/options.ts';
import { allOperations } from '../../src/http/routes/index.ts';
import { POLICY_RULES } from '../../src/policy/rules.ts';

const DOCS = new URL('../../docs/', import.meta.url);

test('the pages are what the code makes of them', () => {
  for (const [name, text] of [
    ['configuration.md', configurationPage()],
    ['policy.md', policyPage()],
  ] as const) {
    assert.ok(readFileSync(new URL(name, DOCS), 'utf8') === text, `docs/${name} is out of date: run \`npm run docs\``);
  }
});

test('every option has a line, and what has no effect says so', () => {
  const lines = configurationPage().split('\n');
  for (const { name, status, help } of OPTIONS) {
    const mark = status === 'effective' ? 'has effect' : '_no effect_';
    const line = lines.find((one) => one.startsWith(`| \`${name}\` |`) && one.includes(`| ${mark} | `));
    assert.ok(line?.includes(help.replaceAll('|', '\\|')), name);
  }
  assert.doesNotMatch(lines.join('\n'), /undefined|\[object|NaN/);
});

test('every rule has a line with at least one route, and every route is on the page', () => {
  const page = policyPage();
  for (const rule of POLICY_RULES)
    assert.match(page, new RegExp(`^\\| \`${rule}\` \\| .* \\| \`[A-Z]+ /.*\` \\|$`, 'm'));
  for (const { method, path } of allOperations(Object.create(null))) assert.ok(page.includes(`\`${method} ${path}\``));
});
