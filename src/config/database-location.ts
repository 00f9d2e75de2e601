// From a database URL to a place that this release can store in. SQLite alone today; the others are understood and
// refused by name, so that nobody takes an empty file for the cloud's database.

import { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import type { DatabaseLocation } from './settings.ts';

/** `problem` never contains a secret. */
export type DatabaseLocationResult =
  | { readonly location: DatabaseLocation; readonly problem?: never }
  | { readonly problem: string; readonly location?: never };

/** How long SQLite waits for another process's lock unless the URL says otherwise (operations §1.9). */
const BUSY_TIMEOUT_SECONDS = 5;
const BUSY_TIMEOUT_SECONDS_MAX = 3600;

const LATER: ReadonlyMap<DatabaseUrl['dialect'], string> = new Map([
  ['mysql', 'MySQL and MariaDB'],
  ['postgresql', 'PostgreSQL'],
]);

/** Where `connection` together with `connection_parameters` points to. */
export function databaseLocation(connection: string, parameters: string): DatabaseLocationResult {
  const { url, problem } = parseDatabaseUrl(connection, parameters);
  if (url === undefined) return { problem };
  const later = LATER.get(url.dialect);
  if (later !== undefined) {
    return {
      problem: `${later} come${url.dialect === 'postgresql' ? 's' : ''} with a later release of Berth; this one stores in SQLite (sqlite:////path/to/file)`,
    };
  }
  return sqliteLocation(url);
}

function sqliteLocation(url: DatabaseUrl): DatabaseLocationResult {
  if (url.username !== null || url.password !== null || url.host !== null || url.port !== null) {
    return {
      problem: 'a sqlite URL has no user, password, host or port: sqlite:///relative/path or sqlite:////absolute/path',
    };
  }
  if (url.database?.startsWith('file:')) return { problem: 'a sqlite URL names a path, not another URL (file:…)' };
  const timeoutText = url.query.get('timeout')?.at(-1) ?? String(BUSY_TIMEOUT_SECONDS);
  const timeout = Number(timeoutText);
  if (!/^\s*[+-]?[\d.]+\s*$/.test(timeoutText) || !(timeout >= 0 && timeout <= BUSY_TIMEOUT_SECONDS_MAX)) {
    return { problem: `timeout is a number of seconds from 0 to ${BUSY_TIMEOUT_SECONDS_MAX}` };
  }
  const path = url.database === null || url.database === '' ? ':memory:' : url.database;
  return { location: { kind: 'sqlite', path, busyTimeoutMs: Math.round(timeout * 1000) } };
}
