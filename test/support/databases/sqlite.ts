// SQLite dressed as a server, so that a suite can run over all databases: a folder of files, with nothing to stop.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freshDatabaseName } from './database-names.ts';
import type { DatabaseServer, FixtureRows } from './database-server.ts';
import { asRows } from './fixture-rows.ts';
import { makeServerFolder } from './server-folder.ts';

const BUSY_MAX_MS = 5_000;

class SqliteFolder implements DatabaseServer {
  readonly kind = 'sqlite';
  readonly name = 'sqlite';
  readonly port = 0;
  readonly #folder = makeServerFolder('sqlite', undefined);

  url(database: string): string {
    return `sqlite:///${this.path(database)}`;
  }

  path(database: string): string {
    return join(this.#folder, `${database}.sqlite`);
  }

  async createDatabase(): Promise<string> {
    return freshDatabaseName();
  }

  async run(database: string, text: string): Promise<FixtureRows> {
    const file = new DatabaseSync(this.path(database), {
      timeout: BUSY_MAX_MS,
      enableForeignKeyConstraints: false,
      // As shells have it; the reference's own statements quote with care.
      enableDoubleQuotedStringLiterals: false,
    });
    try {
      const statements = text.split(/;\s*$/m).filter((part) => part.trim() !== '');
      const last = statements.pop();
      for (const statement of statements) file.exec(statement);
      return last === undefined ? [] : asRows(file.prepare(last).all());
    } finally {
      file.close();
    }
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async restart(): Promise<void> {}

  async kill(): Promise<void> {
    throw new Error('SQLite has no server to kill');
  }

  pause(): void {
    throw new Error('SQLite has no server to pause');
  }

  resume(): void {}
}

/** A folder for SQLite files. */
export async function startSqlite(): Promise<DatabaseServer> {
  return new SqliteFolder();
}
