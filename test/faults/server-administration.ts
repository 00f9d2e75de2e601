// What an administrator may do to the sessions of a database server while Berth works, the same for each kind.

import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseServer } from '../support/databases/database-server.ts';

export interface Administrator {
  /** Makes a user without special rights, and tells the address of the database for it. */
  makeUser(): Promise<string>;
  setReadOnly(readOnly: boolean): Promise<void>;
  /** Ends all sessions of the user; how many there were. */
  endConnections(): Promise<number>;
  /** Sessions that begin from now on end after so many idle seconds; null: as it was. */
  setIdleMax(seconds: number | null): Promise<void>;
  /** Leaves the user room for so many connections; the answer gives the others back. */
  takeConnections(left: number): Promise<() => Promise<void>>;
}

const USER = 'berth_user';
const PASSWORD = 'a-password';
/** The least that MariaDB lets `max_connections` be. */
const MARIADB_CONNECTIONS_MIN = 10;

export function administratorOf(server: DatabaseServer, database: string): Administrator {
  return server.kind === 'postgresql' ? ofPostgresql(server, database) : ofMariadb(server, database);
}

function urlFor(server: DatabaseServer, database: string): string {
  return server.url(database).replace(/\/\/\w+@/, `//${USER}:${PASSWORD}@`);
}

function ofMariadb(server: DatabaseServer, database: string): Administrator {
  const run = (text: string) => server.run('mysql', text);
  return {
    async makeUser() {
      await run(`CREATE USER ${USER}@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';`);
      await run(`GRANT ALL ON ${database}.* TO ${USER}@'127.0.0.1';`);
      return urlFor(server, database);
    },
    async setReadOnly(readOnly) {
      await run(`SET GLOBAL read_only = ${readOnly ? 1 : 0};`);
    },
    async endConnections() {
      const rows = await run(`SELECT id FROM information_schema.processlist WHERE user = '${USER}';`);
      // One may have ended by itself.
      for (const { id } of rows) await run(`KILL ${String(id)};`).catch(() => {});
      return rows.length;
    },
    async setIdleMax(seconds) {
      await run(`SET GLOBAL wait_timeout = ${seconds ?? 28_800};`);
    },
    async takeConnections(left) {
      await run(`SET GLOBAL max_connections = ${MARIADB_CONNECTIONS_MIN};`);
      const options = { host: '127.0.0.1', port: server.port, user: 'root' };
      const taken = await Promise.all(
        Array.from({ length: MARIADB_CONNECTIONS_MIN - left }, () => createConnection(options)),
      );
      return async () => {
        // Over one of them: there may be no room for another.
        await taken[0]?.query('SET GLOBAL max_connections = 300');
        for (const connection of taken) connection.destroy();
      };
    },
  };
}

function ofPostgresql(server: DatabaseServer, database: string): Administrator {
  const run = (text: string) => server.run('postgres', text);
  const set = async (text: string) => {
    await run(`ALTER SYSTEM ${text};`);
    await run('SELECT pg_reload_conf();');
  };
  return {
    async makeUser() {
      await run(`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}';`);
      await askForPassword(server);
      await run(`ALTER DATABASE ${database} OWNER TO ${USER};`);
      return urlFor(server, database);
    },
    setReadOnly: (readOnly) =>
      set(readOnly ? 'SET default_transaction_read_only = on' : 'RESET default_transaction_read_only'),
    async endConnections() {
      const rows = await run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${USER}' AND datname = '${database}';`,
      );
      return rows.length;
    },
    setIdleMax: (seconds) =>
      set(seconds === null ? 'RESET idle_session_timeout' : `SET idle_session_timeout = '${seconds}s'`),
    async takeConnections(left) {
      const taken = Array.from(
        { length: 3 },
        () => new pg.Client({ host: '127.0.0.1', port: server.port, user: USER, password: PASSWORD, database }),
      );
      for (const client of taken) await client.connect();
      for (const client of taken) client.on('error', () => {});
      await run(`ALTER ROLE ${USER} CONNECTION LIMIT ${left};`);
      return async () => {
        await run(`ALTER ROLE ${USER} CONNECTION LIMIT -1;`);
        await Promise.all(taken.map((client) => client.end().catch(() => {})));
      };
    },
  };
}

/** Test servers trust everybody; this user they shall not. */
async function askForPassword(server: DatabaseServer): Promise<void> {
  const [row] = await server.run('postgres', 'SHOW hba_file;');
  const path = String(row?.hba_file);
  writeFileSync(path, `host all ${USER} 127.0.0.1/32 scram-sha-256\n${readFileSync(path, 'utf8')}`);
  await server.run('postgres', 'SELECT pg_reload_conf();');
}
