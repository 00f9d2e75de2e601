// SQLite's way of writing statements. A list is bound as one JSON text and unfolded by json_each.

import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import { toTimestamp } from '../timestamps.ts';

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  builder: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  within: (expression, list) => sql`${expression} in (select value from json_each(${list}))`,
  bindList: (values) => JSON.stringify(values),
  ifAbsent: (query) => query.onConflict((conflict) => conflict.doNothing()),
  serialWrites: true,
  timestamp: toTimestamp,
};
