// Berth as an operator starts it in place of the other service: by its configuration file, which says nothing of tables.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BerthProcess, serveBerth } from '../support/berth-process.ts';
import { makeServerFolder } from '../support/databases/server-folder.ts';

/** Starts Berth on a database as it is: with the original's configuration, `sync_on_startup` unset. */
export function startBerthOn(databaseUrl: string): Promise<BerthProcess> {
  const configuration = join(makeServerFolder('berth', undefined), 'placement.conf');
  writeFileSync(
    configuration,
    `[api]\nauth_strategy = noauth2\n[placement_database]\nconnection = ${databaseUrl}\n[berth]\nport = 0\n`,
  );
  return serveBerth(['--config-file', configuration], databaseUrl);
}

/** For `berth` commands: the database by the environment. */
export function environmentOf(databaseUrl: string): Readonly<Record<string, string>> {
  return { OS_PLACEMENT_DATABASE__CONNECTION: databaseUrl };
}
