// Which databases this machine can run. On a bare machine a missing one is passed over, loudly; where CI is set it is an
// error, for there a test that does not run is a test that failed.

import type { DatabaseKind } from './database-server.ts';
import { findGaleraLibrary, findProgram } from './installed-programs.ts';

/** What must be there to run a kind of database, in the words of the message that it is not. */
const MISSING: Readonly<Record<DatabaseKind | 'galera', () => string | undefined>> = {
  sqlite: () => undefined,
  mysql: () => firstMissing(['mariadbd', 'mariadb-install-db']),
  postgresql: () => firstMissing(['postgres', 'initdb']),
  galera: () => {
    if (findGaleraLibrary() === undefined) return 'the library of Galera';
    return firstMissing(['mariadbd', 'mariadb-install-db', 'rsync']);
  },
};

/** The databases that can be started here. */
export function availableDatabases(): ReadonlySet<DatabaseKind | 'galera'> {
  const kinds = ['sqlite', 'mysql', 'postgresql', 'galera'] as const;
  return new Set(kinds.filter((kind) => MISSING[kind]() === undefined));
}

/**
 * For the `skip` option of a suite or a test: false when the database can be started, else why the suite is passed over.
 * Throws instead when the environment variable `CI` is set.
 */
export function skipWithout(kind: DatabaseKind | 'galera'): string | false {
  const missing = MISSING[kind]();
  if (missing === undefined) return false;
  const reason = `${kind} NOT TESTED: ${missing} is not installed (.ci/databases installs it)`;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return reason;
}

function firstMissing(programs: readonly string[]): string | undefined {
  return programs.find((program) => findProgram(program) === undefined);
}
