// The border between settings and databases: opens the store that the settings name.

import type { DatabaseSettings } from '../config/settings.ts';
import { openMysqlStore, readMysqlRevision } from '../store/mysql/open.ts';
import { openPostgresqlStore, readPostgresqlRevision } from '../store/postgresql/open.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { readSqliteRevision } from '../store/sqlite/revision.ts';
import type { Store } from '../store/store.ts';

/** @param sync make or migrate the tables first, whatever the settings say */
export function openStore(settings: DatabaseSettings, sync: boolean = settings.syncOnStartup): Promise<Store> {
  const { connection: location, pool } = settings;
  switch (location.kind) {
    case 'sqlite':
      return openSqliteStore({
        path: location.path,
        busyTimeoutMs: location.busyTimeoutMs,
        synchronous: settings.sqliteSynchronous,
        sync,
      });
    case 'mysql':
      return openMysqlStore({ ...pool, location, sqlMode: pool.mysqlSqlMode, sync });
    case 'postgresql':
      return openPostgresqlStore({ ...pool, location, sync });
  }
}

/** The recorded revision of the schema, or null when there is none. Makes nothing. */
export function readRevision({ connection: location, pool }: DatabaseSettings): Promise<string | null> {
  switch (location.kind) {
    case 'sqlite':
      return readSqliteRevision(location.path);
    case 'mysql':
      return readMysqlRevision({ ...pool, location, sqlMode: pool.mysqlSqlMode, sync: false });
    case 'postgresql':
      return readPostgresqlRevision({ ...pool, location, sync: false });
  }
}

/** Where the data is, for people: without user or password. */
export function describeLocation({ connection: location }: DatabaseSettings): string {
  if (location.kind === 'sqlite') return location.path;
  const [endpoint] = location.endpoints;
  if (endpoint === undefined) return `${location.kind} ${location.database}`;
  const place = 'socketPath' in endpoint ? endpoint.socketPath : `${endpoint.host}:${endpoint.port}`;
  return `${location.kind} ${location.database} at ${place}`;
}
