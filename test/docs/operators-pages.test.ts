// The pages for operators: every link leads somewhere, and docs/commands.md knows every command.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runBerth } from '../support/berth-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('links in docs/ lead to what is there', () => {
  const broken = globSync('docs/**/*.md', { cwd: ROOT }).flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    return links.filter((link) => !existsSync(join(ROOT, dirname(page), link))).map((link) => `${page}: ${link}`);
  });
  assert.deepEqual(broken, []);
});

test('docs/commands.md has every command of the help, and no other', async () => {
  const { stdout: help } = await runBerth(['--help']);
  const commands = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?: {2}| [A-Z]| on\|)/gm)].map(
    (match) => match[1] ?? '',
  );
  assert.ok(commands.length >= 10, help);
  const page = readFileSync(join(ROOT, 'docs/commands.md'), 'utf8');
  const described = [...page.matchAll(/^\| `berth ([a-z]+(?: [a-z]+)?)/gm)].map((match) => match[1] ?? '');
  assert.deepEqual(described.sort(), commands.sort());
});
