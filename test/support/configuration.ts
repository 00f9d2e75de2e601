// Configuration files for tests that start the service the way a deployment does.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Configuration {
  readonly configFile: string;
  readonly dataPath: string;
}

/**
 * Writes a `placement.conf` into the folder: noauth2, a SQLite file beside it, tables made at start.
 *
 * @param more further lines, or sections, at the end of the file
 */
export function writeConfiguration(folder: string, more = '', syncOnStartup = true): Configuration {
  const dataPath = join(folder, 'placement.sqlite');
  const configFile = join(folder, 'placement.conf');
  writeFileSync(
    configFile,
    `[api]
auth_strategy = noauth2
[placement_database]
connection = sqlite:///${dataPath}
sync_on_startup = ${syncOnStartup}
${more}
`,
  );
  return { configFile, dataPath };
}
