// One-row statements run for several rows: what their text becomes on each database, and in which order values are bound.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mysqlDialect } from '../../src/store/mysql/dialect.ts';
import { postgresqlDialect } from '../../src/store/postgresql/dialect.ts';
import { bindChanges, bindRows, statement } from '../../src/store/statement.ts';
import type { Timestamp } from '../../src/store/tables.ts';
import { toTimestamp } from '../../src/store/timestamps.ts';

const insert = statement<{ name: string; now: string }>()(({ db, slot, ifAbsent }) =>
  ifAbsent(db.insertInto('projects').values({ external_id: slot.name, created_at: null })),
);
const change = statement<{ name: string; version: number; now: Timestamp }>()(({ db, slot }) =>
  db
    .updateTable('berth_guards')
    .set({ changed_at: slot.now })
    .where('name', '=', slot.name)
    .where('version', '=', slot.version),
);

test('an insert becomes one for several rows', () => {
  const rows = ['a', 'b', 'c'].map((name) => ({ name, now: '' }));
  const [three, ...others] = [...bindRows(postgresqlDialect, insert.compiled(postgresqlDialect), rows)];
  assert.equal(
    three?.text,
    'insert into "projects" ("external_id", "created_at") values ($1, $2), ($3, $4), ($5, $6) on conflict do nothing',
  );
  assert.deepEqual(three?.values, ['a', null, 'b', null, 'c', null]);
  assert.deepEqual(others, []);
  const [first] = [...bindRows(mysqlDialect, insert.compiled(mysqlDialect), rows.slice(0, 2))];
  assert.equal(first?.text, 'insert into `projects` (`external_id`, `created_at`) values (?, ?), (?, ?)');
});

test('a change gets a condition for each row, and what is changed once', () => {
  const now = toTimestamp(new Date(0));
  const rows = ['a', 'b'].map((name, index) => ({ name, version: index, now }));
  const [both] = [...bindChanges(postgresqlDialect, change.compiled(postgresqlDialect), rows)];
  assert.equal(
    both?.text,
    'update "berth_guards" set "changed_at" = $1 where ("name" = $2 and "version" = $3) or ("name" = $4 and "version" = $5)',
  );
  assert.deepEqual(both?.values, [now, 'a', 0, 'b', 1]);
});

test('one statement for all, 64 rows at most', () => {
  const rows = Array.from({ length: 64 + 37 }, (_, index) => ({ name: String(index), now: '' }));
  const lengths = [...bindRows(mysqlDialect, insert.compiled(mysqlDialect), rows)].map(
    ({ values }) => values.length / 2,
  );
  assert.deepEqual(lengths, [64, 37]);
});

test('a text is the same again for as many rows, whatever is bound', () => {
  const texts = (names: readonly string[]) => [
    ...bindRows(
      mysqlDialect,
      insert.compiled(mysqlDialect),
      names.map((name) => ({ name, now: '' })),
    ),
  ];
  const [first] = texts(['a', 'b']);
  const [again] = texts(['c', 'd']);
  assert.equal(again?.text, first?.text);
  assert.deepEqual(again?.values, ['c', null, 'd', null]);
});
