// Which revision of the schema a SQLite file has, found out without making or changing anything.

import { existsSync } from 'node:fs';
import { recordedRevision } from '../migrations/index.ts';
import { SqliteConnection } from './connection.ts';
import { explainingTrouble } from './unusable.ts';

/** The revision, or null when there is no file or none is recorded in it. */
export async function readSqliteRevision(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  return explainingTrouble(path, async () => {
    const connection = new SqliteConnection({ path, synchronous: true, busyTimeoutMs: 1_000, readOnly: true });
    try {
      return await recordedRevision(connection);
    } finally {
      connection.close();
    }
  });
}
