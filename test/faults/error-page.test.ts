// docs/database-errors.md says what the store does, and each code is there once.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DATABASE_ERROR_PAGE, databaseErrorPage } from '../../scripts/database-error-page.ts';
import { MYSQL_ERRORS } from '../../src/store/mysql/errors.ts';
import { POSTGRESQL_ERRORS } from '../../src/store/postgresql/errors.ts';
import { SQLITE_ERRORS } from '../../src/store/sqlite/errors.ts';

test('the table is what the store goes by', () => {
  const committed = readFileSync(DATABASE_ERROR_PAGE, 'utf8');
  assert.ok(committed === databaseErrorPage(), 'docs/database-errors.md is out of date: run `npm run docs`');
});

test('no code has two plans, and every one says what it is', () => {
  for (const known of [MYSQL_ERRORS, POSTGRESQL_ERRORS, SQLITE_ERRORS]) {
    const codes = known.map(({ code }) => code);
    assert.deepEqual(codes, [...new Set<unknown>(codes)]);
    for (const { meaning } of known) assert.match(meaning, /^[^|\n]{3,}$/);
  }
});
