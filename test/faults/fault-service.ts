// Berth as fault tests start it: on a database of the test's choice, with a deadline short enough to wait for. And the
// two kinds of server, each started by the test file itself, since it will not be treated well.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { type BerthProcess, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { asAdministrator } from '../support/configured-service.ts';
import { skipWithout } from '../support/databases/available-databases.ts';
import type { DatabaseServer } from '../support/databases/database-server.ts';
import { startMariadb } from '../support/databases/mariadb.ts';
import { startPostgresql } from '../support/databases/postgresql.ts';

/** How much later than the deadline an answer may come on a machine that is busy with other tests. */
export const LATENESS_MAX_MS = 2_500;

/** What is to be done when the test file has ended, last things first. A hook within a hook would end with that one. */
const endings: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of endings.reverse()) await end();
});

function atEnd(end: () => Promise<void>): void {
  endings.push(end);
}

export interface FaultServiceOptions {
  /** The database, as `placement.conf` has it. */
  readonly url: string;
  readonly deadlineSeconds: number;
  /** Connections that write; 4 unless told. */
  readonly lanes?: number;
  /** Attempts to reach the database at start, a second apart; 1 unless told. */
  readonly startAttempts?: number;
}

export interface FaultService {
  readonly berth: BerthProcess;
  readonly client: Client;
  readonly deadlineMs: number;
}

/** Starts Berth; it ends with the test file at the latest. */
export async function startFaultService(options: FaultServiceOptions): Promise<FaultService> {
  const configuration = writeConfiguration(options);
  const berth = await serveBerth(['--config-file', configuration.path], options.url);
  const client = asAdministrator(createClient(berth.url), { 'x-auth-token': 'admin' });
  atEnd(async () => {
    client.close();
    await berth.kill();
    configuration.remove();
  });
  return { berth, client, deadlineMs: options.deadlineSeconds * 1000 };
}

/** A `placement.conf` in a folder of its own. */
export function writeConfiguration(options: FaultServiceOptions): { readonly path: string; remove(): void } {
  const folder = temporaryFolder();
  const path = join(folder.path, 'placement.conf');
  writeFileSync(
    path,
    `[api]
auth_strategy = noauth2
[placement_database]
connection = ${options.url}
sync_on_startup = true
max_retries = ${options.startAttempts ?? 1}
retry_interval = 1
[berth]
port = 0
database_deadline = ${options.deadlineSeconds}
write_lanes = ${options.lanes ?? 4}
# A machine that is busy with other tests is no fault of the database.
overload_delay = 60
`,
  );
  return { path, remove: folder.remove };
}

export interface OwnServer {
  readonly kind: 'mysql' | 'postgresql';
  readonly title: string;
  readonly skip: string | false;
  /** Starts a server for the caller alone, which is killed after the test file. */
  readonly start: () => Promise<DatabaseServer>;
}

/** The database servers that a test may ill-treat. */
export const OWN_SERVERS: readonly OwnServer[] = [
  { kind: 'mysql', title: 'on MariaDB', skip: skipWithout('mysql'), start: () => ending(startMariadb()) },
  {
    kind: 'postgresql',
    title: 'on PostgreSQL',
    skip: skipWithout('postgresql'),
    start: () => ending(startPostgresql()),
  },
];

async function ending(starting: Promise<DatabaseServer>): Promise<DatabaseServer> {
  const server = await starting;
  atEnd(async () => {
    server.resume();
    await server.kill();
  });
  return server;
}

/** The address of the database through a proxy in front of its server. */
export function throughPort(url: string, port: number): string {
  return url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
}
