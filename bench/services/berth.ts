// Berth as an operator starts it: by a configuration file, with its log in a file.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BERTH } from '../../test/support/berth-process.ts';
import { freePort } from '../../test/support/databases/free-port.ts';
import { makeServerFolder } from '../../test/support/databases/server-folder.ts';
import { runServer } from './run-server.ts';
import type { Service, ServiceOptions } from './service.ts';

/** Starts Berth on a database, whose tables it makes if they are not there. */
export async function startBerth({ databaseUrl, workers, placement = '' }: ServiceOptions): Promise<Service> {
  const folder = makeServerFolder('berth', undefined);
  const configuration = join(folder, 'placement.conf');
  const port = await freePort();
  writeFileSync(
    configuration,
    `[DEFAULT]
log_file = ${join(folder, 'berth.log')}
[api]
auth_strategy = noauth2
[placement]
${placement}
[placement_database]
connection = ${databaseUrl}
sync_on_startup = true
[berth]
port = ${port}
workers = ${workers}
`,
  );
  return runServer({
    name: 'berth',
    program: BERTH,
    words: ['serve', '--config-file', configuration],
    folder,
    port,
  });
}
