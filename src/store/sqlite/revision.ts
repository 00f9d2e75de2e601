// A SQLite file looked into without making or changing anything, not even its journal mode.

import { existsSync } from 'node:fs';
import type { Connection } from '../connection.ts';
import { recordedRevision } from '../migrations/index.ts';
import { SqliteConnection } from './connection.ts';
import { explainingTrouble } from './unusable.ts';

/** The revision, or null when there is no file or none is recorded in it. */
export async function readSqliteRevision(path: string): Promise<string | null> {
  return inspectSqlite(path, async (connection) => (connection === null ? null : recordedRevision(connection)));
}

/** Runs the work on a connection that only reads; null when there is no file. */
export async function inspectSqlite<Result>(
  path: string,
  work: (connection: Connection | null) => Promise<Result>,
): Promise<Result> {
  if (!existsSync(path)) return work(null);
  return explainingTrouble(path, async () => {
    const connection = new SqliteConnection({ path, durability: 'at-commit', busyTimeoutMs: 1_000, readOnly: true });
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  });
}
