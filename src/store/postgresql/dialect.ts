// How PostgreSQL writes statements. A list is bound as one array.

import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import { toTimestamp } from '../timestamps.ts';

export const postgresqlDialect: Dialect = {
  name: 'postgresql',
  builder: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
  within: (expression, list) => sql`${expression} = any(${list})`,
  bindList: (values) => values,
  ifAbsent: (query) => query.onConflict((conflict) => conflict.doNothing()),
  serialWrites: false,
  timestamp: toTimestamp,
};
