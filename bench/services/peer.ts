// The peer: Debian's OpenStack Placement under uwsgi, as its manuals advise to run it; its request lines go to a file, as
// Berth's do. It closes each connection after the answer: with `--http11-socket` each open one holds a process, and of 8
// clients of 2 processes 6 are never served. Making one costs little: its version document, all in all, takes 0.8 ms.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/databases/free-port.ts';
import { findProgram, requireProgram } from '../../test/support/databases/installed-programs.ts';
import { makeServerFolder } from '../../test/support/databases/server-folder.ts';
import { runServer } from './run-server.ts';
import type { Service, ServiceOptions } from './service.ts';

/** What has to be installed, beside uwsgi's Python. */
const PROGRAMS = ['placement-manage', 'placement-api', 'uwsgi'];

export function peerIsInstalled(): boolean {
  return PROGRAMS.every((program) => findProgram(program) !== undefined);
}

/** uwsgi's settings, for the page of results too. Of several threads in one Python process only one runs at a time. */
export function peerSettings(workers: number): readonly string[] {
  return [
    ...['--master', '--processes', String(workers), '--threads', '1', '--enable-threads'],
    ...['--thunder-lock', '--lazy-apps', '--need-app', '--listen', '128'],
    ...['--add-header', 'Connection: close', '--post-buffering', '65536'],
    ...['--buffer-size', '65535', '--disable-logging'],
  ];
}

/** Starts the peer on a database that has its tables; it does not migrate them. */
export async function startPeer({ databaseUrl, workers, placement = '' }: ServiceOptions): Promise<Service> {
  const folder = makeServerFolder('placement-api', undefined);
  const configuration = join(folder, 'configuration');
  mkdirSync(configuration);
  writeFileSync(
    join(configuration, 'placement.conf'),
    `[api]
auth_strategy = noauth2
[placement]
${placement}
[placement_database]
connection = ${databaseUrl}
`,
  );
  const port = await freePort();
  return runServer({
    name: 'peer',
    program: requireProgram('uwsgi'),
    words: [
      ...['--plugins', 'python3', '--wsgi-file', requireProgram('placement-api')],
      ...['--env', `OS_PLACEMENT_CONFIG_DIR=${configuration}`, '--http-socket', `127.0.0.1:${port}`],
      ...peerSettings(workers),
      ...['--die-on-term', '--no-orphans'],
    ],
    folder,
    port,
  });
}
