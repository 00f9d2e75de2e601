// The admin command of the distribution's own OpenStack Placement, run on a test's database.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, requireProgram } from './installed-programs.ts';
import { makeServerFolder } from './server-folder.ts';

/** For the `skip` option of a test: false when the command is there, else why not. Throws instead when `CI` is set. */
export function skipWithoutPlacementManage(): string | false {
  if (findProgram('placement-manage') !== undefined) return false;
  const reason = 'taking over from OpenStack Placement NOT TESTED: it is not installed (.ci/databases installs it)';
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(reason);
  return reason;
}

/** Runs `placement-manage` with words such as `db sync` on the database at `url`; its standard output. */
export async function placementManage(url: string, words: readonly string[]): Promise<string> {
  const configuration = join(makeServerFolder('placement', undefined), 'placement.conf');
  writeFileSync(configuration, `[placement_database]\nconnection = ${url}\n`);
  const { stdout } = await promisify(execFile)(requireProgram('placement-manage'), [
    '--config-file',
    configuration,
    ...words,
  ]);
  return stdout;
}
