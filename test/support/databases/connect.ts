// Berth's own connections to a test's database, for tests of what lies between connections and the store.

import type { Connection } from '../../../src/store/connection.ts';
import { connectMysql } from '../../../src/store/mysql/connection.ts';
import { connectPostgresql } from '../../../src/store/postgresql/connection.ts';
import { SqliteConnection } from '../../../src/store/sqlite/connection.ts';
import type { DatabaseHost } from './database-server.ts';

const STATEMENT_MAX_MS = 30_000;

/** Opens a connection, which the caller closes. @param abilities what a MariaDB server is taken to do */
export async function connectTo(
  server: DatabaseHost,
  database: string,
  abilities: { readonly commitsInOneTrip?: boolean } = {},
): Promise<Connection> {
  const address = { host: '127.0.0.1', port: server.port, database };
  switch (server.kind) {
    case 'sqlite': {
      const path = server.url(database).replace('sqlite:///', '');
      return new SqliteConnection({ path, durability: 'never', busyTimeoutMs: STATEMENT_MAX_MS });
    }
    case 'mysql': {
      const driver = { ...address, user: 'root', charset: 'utf8mb4' };
      return connectMysql({
        driver,
        statementTimeoutMs: STATEMENT_MAX_MS,
        session: ["SET sql_mode = 'TRADITIONAL'"],
        ...abilities,
      });
    }
    case 'postgresql':
      return connectPostgresql({
        driver: { ...address, user: 'postgres' },
        statementTimeoutMs: STATEMENT_MAX_MS,
        connectTimeoutMs: STATEMENT_MAX_MS,
      });
  }
}
