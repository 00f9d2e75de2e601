// For `node --test --test-global-setup`: starts the servers that all test files of a run share. A run of one file needs no
// such help; it starts what it asks for.

import { skipWithout } from './available-databases.ts';
import { startMariadb } from './mariadb.ts';
import { startPostgresql } from './postgresql.ts';
import { SHARED_PORT_VARIABLES } from './shared-server.ts';

/** The runner calls it once, before the first test file; the files inherit the environment. */
export async function globalSetup(): Promise<void> {
  const mysql = skipWithout('mysql') === false ? startMariadb() : undefined;
  const postgresql = skipWithout('postgresql') === false ? startPostgresql() : undefined;
  const [mysqlServer, postgresqlServer] = await Promise.all([mysql, postgresql]);
  if (mysqlServer !== undefined) process.env[SHARED_PORT_VARIABLES.mysql] = String(mysqlServer.port);
  if (postgresqlServer !== undefined) process.env[SHARED_PORT_VARIABLES.postgresql] = String(postgresqlServer.port);
}
