// MariaDB and MySQL as fixtures use them: a connection per call, so that a test may stop the server at any moment.

import { createConnection } from 'mysql2/promise';
import { freshDatabaseName } from './database-names.ts';
import type { DatabaseHost, FixtureRows } from './database-server.ts';
import { asRows } from './fixture-rows.ts';

const CONNECT_MAX_MS = 5_000;

/** A server on a port of this machine whose `root` has no password. */
export class MysqlHost implements DatabaseHost {
  readonly kind = 'mysql';
  readonly name: string;
  readonly port: number;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  url(database: string): string {
    return `mysql+pymysql://root@127.0.0.1:${this.port}/${database}?charset=utf8mb4`;
  }

  async createDatabase(): Promise<string> {
    const name = freshDatabaseName();
    await this.run('', `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;`);
    return name;
  }

  /** An empty `database` leaves none selected. */
  async run(database: string, text: string): Promise<FixtureRows> {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      charset: 'utf8mb4',
      multipleStatements: true,
      dateStrings: true,
      connectTimeout: CONNECT_MAX_MS,
      ...(database === '' ? {} : { database }),
    });
    try {
      const [result] = await connection.query(text);
      return lastRows(result);
    } finally {
      connection.destroy();
    }
  }
}

/** One statement answers its rows or what it changed; several answer a list of such. */
function lastRows(result: unknown): FixtureRows {
  if (!Array.isArray(result)) return [];
  const last: unknown = result.at(-1);
  if (Array.isArray(last)) return asRows(last);
  return asRows(result.every(isRow) ? result : []);
}

/** What a change answers has no prototype of a row: mysql2 gives it a class of its own. */
function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && value.constructor.name !== 'ResultSetHeader';
}
