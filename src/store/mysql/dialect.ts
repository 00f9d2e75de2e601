// How MySQL and MariaDB write statements. A list becomes as many placeholders as it has values, since neither binds one.

import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import { toTimestampInSeconds } from '../timestamps.ts';

export const mysqlDialect: Dialect = {
  name: 'mysql',
  builder: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  }),
  within: (expression, list) => sql`${expression} in (${list})`,
  bindList: null,
  // ON DUPLICATE KEY UPDATE cannot tell, with matched rows counted, whether it inserted; INSERT IGNORE would swallow
  // truncation too. The driver takes the duplicate-key error for the answer instead.
  ifAbsent: (query) => query,
  serialWrites: false,
  // DATETIME has no fraction: MariaDB cuts one off, but MySQL would round it up into the future.
  timestamp: toTimestampInSeconds,
};
