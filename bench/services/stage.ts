// A state with the services on it: each service has a database of its own with the same rows, and on MariaDB a server of
// its own too, so that what the server does is the doing of that service.

import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { DatabaseHost, DatabaseKind } from '../../test/support/databases/database-server.ts';
import { MariadbServer } from '../../test/support/databases/mariadb.ts';
import { placementManage } from '../../test/support/databases/placement-manage.ts';
import { startSqlite } from '../../test/support/databases/sqlite.ts';
import { loadState } from '../states/load-state.ts';
import type { State } from '../states/state.ts';
import { startBerth } from './berth.ts';
import { startPeer } from './peer.ts';
import { notedPid } from './run-server.ts';
import type { Service, ServiceName, ServiceOptions } from './service.ts';

/** A service on its database. */
export interface Staged {
  readonly service: Service;
  readonly host: DatabaseHost;
  readonly database: string;
  /** The database server's process; null where there is none. */
  readonly databasePid: number | null;
  /** Ends the service at once and starts it anew on the same database. */
  restart(): Promise<Staged>;
}

export interface StageOptions {
  readonly kind: BenchDatabase;
  readonly services: readonly ServiceName[];
  readonly workers: number;
  readonly placement?: string;
}

export type BenchDatabase = Extract<DatabaseKind, 'sqlite' | 'mysql'>;

interface Server {
  readonly host: DatabaseHost;
  readonly pid: number | null;
}

/** The peer's processes: one for each core, as its manuals advise. */
export const PEER_PROCESSES = 2;

const MARIADB_OPTIONS = ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=256M'];

const servers = new Map<string, Promise<Server>>();
/** For SQLite: files that hold the tables and the standard names, to be copied. */
const templates = new Map<ServiceName, string>();

/** Makes the databases, loads the state and starts the services. */
export async function openStage(state: State, options: StageOptions): Promise<readonly Staged[]> {
  const staged: Staged[] = [];
  for (const name of options.services) {
    const { host, pid } = await serverFor(name, options.kind);
    const database = await makeTables(name, host);
    await loadState(host, database, state);
    const serviceOptions = optionsOf(name, host, database, options);
    staged.push(stagedService(await start(name, serviceOptions), serviceOptions, { host, database, databasePid: pid }));
  }
  return staged;
}

/** A database of Berth's that nobody serves, for the programs in limits/. */
export async function makeLoadedDatabase(
  state: State,
  kind: BenchDatabase,
): Promise<{ readonly host: DatabaseHost; readonly name: string; readonly pid: number | null }> {
  const { host, pid } = await serverFor('berth', kind);
  const name = await makeTables('berth', host);
  await loadState(host, name, state);
  return { host, name, pid };
}

export async function closeStage(stage: readonly Staged[]): Promise<void> {
  for (const { service } of stage) await service.kill();
}

/** A service's own fresh database: with its tables and the standard names. */
async function makeTables(name: ServiceName, host: DatabaseHost): Promise<string> {
  const database = await host.createDatabase();
  const template = host.kind === 'sqlite' ? templates.get(name) : undefined;
  if (template === undefined) await makeOwnTables(name, host, database);
  else copyFileSync(template, fileOf(host.url(database)));
  if (host.kind === 'sqlite' && template === undefined) {
    const path = `${fileOf(host.url(database))}.template`;
    checkpoint(fileOf(host.url(database)));
    copyFileSync(fileOf(host.url(database)), path);
    templates.set(name, path);
  }
  return database;
}

async function makeOwnTables(name: ServiceName, host: DatabaseHost, database: string): Promise<void> {
  if (name === 'peer') await placementManage(host.url(database), ['db', 'sync']);
  // Of several processes that make the standard names at once in a SQLite file, one fails.
  const once = await start(name, { databaseUrl: host.url(database), kind: host.kind, workers: 1 });
  await once.stop();
}

function start(name: ServiceName, options: ServiceOptions): Promise<Service> {
  return name === 'berth' ? startBerth(options) : startPeer(options);
}

function optionsOf(
  name: ServiceName,
  host: DatabaseHost,
  database: string,
  { workers, placement }: StageOptions,
): ServiceOptions {
  return {
    databaseUrl: host.url(database),
    kind: host.kind,
    workers: name === 'peer' ? PEER_PROCESSES : workers,
    ...(placement === undefined ? {} : { placement }),
  };
}

function stagedService(service: Service, options: ServiceOptions, place: Omit<Staged, 'service' | 'restart'>): Staged {
  return {
    ...place,
    service,
    async restart() {
      await service.kill();
      return stagedService(await start(service.name, options), options, place);
    },
  };
}

function serverFor(name: ServiceName, kind: BenchDatabase): Promise<Server> {
  const key = kind === 'sqlite' ? kind : `${kind} of ${name}`;
  let server = servers.get(key);
  if (server === undefined) {
    server = kind === 'sqlite' ? startSqlite().then((host) => ({ host, pid: null })) : startDatabase(name);
    servers.set(key, server);
  }
  return server;
}

async function startDatabase(name: ServiceName): Promise<Server> {
  const host = await MariadbServer.prepare({ name: `mariadb-of-${name}`, serverOptions: MARIADB_OPTIONS });
  await host.start();
  return { host, pid: notedPid(host.folder) };
}

function fileOf(url: string): string {
  return url.replace('sqlite:///', '');
}

/** Brings everything into the file itself; write-ahead logging, which suits the peer too, stays on. */
function checkpoint(path: string): void {
  const file = new DatabaseSync(path);
  file.exec('PRAGMA journal_mode = WAL');
  file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  file.close();
  if (existsSync(`${path}-wal`)) throw new Error(`${path} is in use`);
}
