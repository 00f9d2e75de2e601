// The distribution's own OpenStack Placement as a service on a test's database: what Berth takes over from, and beside.

import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../support/databases/free-port.ts';
import { findProgram, requireProgram } from '../support/databases/installed-programs.ts';
import { makeServerFolder } from '../support/databases/server-folder.ts';
import { ServerProcess } from '../support/databases/server-process.ts';

const PROGRAMS = ['placement-manage', 'placement-api', 'uwsgi'];

export interface ReferenceService {
  readonly url: string;
  stop(): Promise<void>;
}

/** For the `skip` option of a suite: false when the programs are there, else why not. Throws instead when `CI` is set. */
export function skipWithoutReference(): string | false {
  const missing = PROGRAMS.find((program) => findProgram(program) === undefined);
  if (missing === undefined) return false;
  const reason = `OpenStack Placement NOT TESTED: ${missing} is not installed (.ci/databases installs it)`;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return reason;
}

/** Starts the service on a database that has its tables; it does not migrate them. Resolves when it answers. */
export async function startReference(databaseUrl: string): Promise<ReferenceService> {
  const folder = makeServerFolder('placement-api', undefined);
  const configuration = join(folder, 'configuration');
  mkdirSync(configuration);
  writeFileSync(
    join(configuration, 'placement.conf'),
    `[api]\nauth_strategy = noauth2\n[placement_database]\nconnection = ${databaseUrl}\n`,
  );
  const url = `http://127.0.0.1:${await freePort()}`;
  const service = new ServerProcess({
    program: requireProgram('uwsgi'),
    user: undefined,
    folder,
    stopSignal: 'SIGTERM',
    probe: () => answers(url),
  });
  await service.start([
    ...['--plugins', 'python3', '--wsgi-file', requireProgram('placement-api')],
    ...['--env', `OS_PLACEMENT_CONFIG_DIR=${configuration}`, '--http-socket', url.replace('http://', '')],
    // One process: of several that make the standard names in a SQLite file at once, one fails.
    ...['--master', '--processes', '1', '--threads', '4', '--enable-threads'],
    ...['--thunder-lock', '--lazy-apps', '--need-app'],
    // It closes each connection after the answer, and a client that does not know of it would send the next request there.
    ...['--add-header', 'Connection: close', '--post-buffering', '65536'],
    ...['--die-on-term', '--no-orphans', '--disable-logging', '--buffer-size', '65535'],
  ]);
  return { url, stop: () => service.stop() };
}

function answers(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = request(url, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`it answers ${response.statusCode}`));
    });
    probe.once('error', reject);
    probe.end();
  });
}
