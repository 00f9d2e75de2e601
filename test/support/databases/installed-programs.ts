// Finds the programs of the database servers: on the PATH, or where Debian puts those that are not for users.

import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];
const POSTGRESQL_ROOT = '/usr/lib/postgresql';
const GALERA_LIBRARIES = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];

/** The program's path, or undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter);
  return [...path, ...SYSTEM_FOLDERS, ...postgresqlFolders()].map((folder) => join(folder, name)).find(isExecutable);
}

/** As {@link findProgram}; throws when it is not installed. */
export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`${name} is not installed: run .ci/databases`);
  return found;
}

/** Galera's library, or undefined when it is not installed. */
export function findGaleraLibrary(): string | undefined {
  return GALERA_LIBRARIES.find((path) => isReadable(path));
}

/** Newest version first. */
function postgresqlFolders(): readonly string[] {
  try {
    const versions = readdirSync(POSTGRESQL_ROOT).sort((one, other) => Number(other) - Number(one));
    return versions.map((version) => join(POSTGRESQL_ROOT, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  return isAccessible(path, constants.X_OK);
}

function isReadable(path: string): boolean {
  return isAccessible(path, constants.R_OK);
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
