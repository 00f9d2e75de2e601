// PostgreSQL as fixtures use it: a connection per call, so that a test may stop the server at any moment.

import pg from 'pg';
import { freshDatabaseName } from './database-names.ts';
import type { DatabaseHost, FixtureRows } from './database-server.ts';
import { asRows } from './fixture-rows.ts';

const CONNECT_MAX_MS = 5_000;

/** A server on a port of this machine that trusts `postgres`. */
export class PostgresqlHost implements DatabaseHost {
  readonly kind = 'postgresql';
  readonly name: string;
  readonly port: number;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  url(database: string): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async createDatabase(): Promise<string> {
    const name = freshDatabaseName();
    await this.run('postgres', `CREATE DATABASE ${name};`);
    return name;
  }

  async run(database: string, text: string): Promise<FixtureRows> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'postgres',
      database,
      connectionTimeoutMillis: CONNECT_MAX_MS,
    });
    // A server that ends closes idle connections; the statement that it hits tells.
    client.on('error', () => {});
    try {
      await client.connect();
      const result: unknown = await client.query(text);
      const last: unknown = Array.isArray(result) ? result.at(-1) : result;
      return isResult(last) ? asRows(last.rows) : [];
    } finally {
      await client.end();
    }
  }
}

function isResult(value: unknown): value is { readonly rows: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);
}
