// The border between settings and databases: opens the store that the settings name.

import type { DatabaseSettings } from '../config/settings.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { readSqliteRevision } from '../store/sqlite/revision.ts';
import type { Store } from '../store/store.ts';

/** @param sync make or migrate the tables first, whatever the settings say */
export function openStore(settings: DatabaseSettings, sync: boolean = settings.syncOnStartup): Promise<Store> {
  const { connection } = settings;
  switch (connection.kind) {
    case 'sqlite':
      return openSqliteStore({
        path: connection.path,
        busyTimeoutMs: connection.busyTimeoutMs,
        synchronous: settings.sqliteSynchronous,
        sync,
      });
  }
}

/** The recorded revision of the schema, or null when there is none. Makes nothing. */
export function readRevision({ connection }: DatabaseSettings): Promise<string | null> {
  switch (connection.kind) {
    case 'sqlite':
      return readSqliteRevision(connection.path);
  }
}
