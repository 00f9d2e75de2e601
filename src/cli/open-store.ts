// The border between settings and databases: opens the store that the settings name.

import type { DatabaseSettings } from '../config/settings.ts';
import type { Connection } from '../store/connection.ts';
import type { LaneEvent } from '../store/lane-events.ts';
import { SchemaError } from '../store/migrations/schema-error.ts';
import { openMysqlStore, readMysqlRevision, withMysqlConnection } from '../store/mysql/open.ts';
import { openPostgresqlStore, readPostgresqlRevision, withPostgresqlConnection } from '../store/postgresql/open.ts';
import { openSqliteStore, withSqliteConnection } from '../store/sqlite/open.ts';
import { inspectSqlite, readSqliteRevision } from '../store/sqlite/revision.ts';
import type { Store } from '../store/store.ts';

/**
 * @param sync make or migrate the tables first, whatever the settings say
 * @param observe told of what happens in the write lanes, for metrics
 */
export function openStore(
  settings: DatabaseSettings,
  sync: boolean = settings.syncOnStartup,
  observe: (event: LaneEvent) => void = () => {},
): Promise<Store> {
  const { connection: location, pool } = settings;
  switch (location.kind) {
    case 'sqlite':
      return openSqliteStore({
        path: location.path,
        busyTimeoutMs: location.busyTimeoutMs,
        deadlineMs: pool.deadlineMs,
        synchronous: settings.sqliteSynchronous,
        sync,
        observe,
      });
    case 'mysql':
      return openMysqlStore({ ...pool, location, sqlMode: pool.mysqlSqlMode, sync, observe });
    case 'postgresql':
      return openPostgresqlStore({ ...pool, location, sync, observe });
  }
}

/** Makes or migrates the tables, and nothing else: the standard names come with the service's start. */
export async function syncSchema(settings: DatabaseSettings): Promise<void> {
  const { connection: location, pool } = settings;
  const options = { sync: true, seed: false };
  const store =
    location.kind === 'sqlite'
      ? openSqliteStore({ ...location, synchronous: settings.sqliteSynchronous, ...options })
      : location.kind === 'mysql'
        ? openMysqlStore({ ...pool, location, sqlMode: pool.mysqlSqlMode, ...options })
        : openPostgresqlStore({ ...pool, location, ...options });
  await (await store).close();
}

/** Runs the work on a connection for changing the schema. */
export function withConnection<Result>(
  { connection: location, pool, sqliteSynchronous }: DatabaseSettings,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  switch (location.kind) {
    case 'sqlite':
      return withSqliteConnection({ ...location, synchronous: sqliteSynchronous }, work);
    case 'mysql':
      return withMysqlConnection({ ...pool, location, sqlMode: pool.mysqlSqlMode, sync: false }, work);
    case 'postgresql':
      return withPostgresqlConnection({ ...pool, location, sync: false }, work);
  }
}

/** Runs the work on a connection for reading. Makes nothing. Throws SchemaError when there is no database at all. */
export function inspectDatabase<Result>(
  settings: DatabaseSettings,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { connection: location } = settings;
  if (location.kind !== 'sqlite') return withConnection(settings, work);
  return inspectSqlite(location.path, async (connection) => {
    if (connection === null) throw new SchemaError(`there is no database at ${location.path}: run \`berth db sync\``);
    return work(connection);
  });
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
