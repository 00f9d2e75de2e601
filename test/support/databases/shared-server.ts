// One server per kind for all suites of a test process, started when first asked for; and one for all processes of a test
// run when `global-setup.ts` has started it before them. Suites keep apart by databases of their own.

import type { DatabaseHost, DatabaseKind } from './database-server.ts';
import { startMariadb } from './mariadb.ts';
import { MysqlHost } from './mysql-host.ts';
import { startPostgresql } from './postgresql.ts';
import { PostgresqlHost } from './postgresql-host.ts';
import { startSqlite } from './sqlite.ts';

/** Environment variables with the ports of servers that were started before this process. */
export const SHARED_PORT_VARIABLES = { mysql: 'BERTH_TEST_MYSQL_PORT', postgresql: 'BERTH_TEST_POSTGRESQL_PORT' };

const servers = new Map<DatabaseKind, Promise<DatabaseHost>>();

/** The server of that kind to be used, not ill-treated: a test that stops or kills a server starts its own. */
export function sharedServer(kind: DatabaseKind): Promise<DatabaseHost> {
  let server = servers.get(kind);
  if (server === undefined) {
    server = findOrStart(kind);
    servers.set(kind, server);
  }
  return server;
}

async function findOrStart(kind: DatabaseKind): Promise<DatabaseHost> {
  switch (kind) {
    case 'sqlite':
      return startSqlite();
    case 'mysql': {
      const port = process.env[SHARED_PORT_VARIABLES.mysql];
      return port === undefined ? startMariadb() : new MysqlHost('mariadb', Number(port));
    }
    case 'postgresql': {
      const port = process.env[SHARED_PORT_VARIABLES.postgresql];
      return port === undefined ? startPostgresql() : new PostgresqlHost('postgresql', Number(port));
    }
  }
}
