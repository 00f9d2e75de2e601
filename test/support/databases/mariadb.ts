// A throwaway MariaDB. Small buffers and files for a quick start; commits as durable as in the field, so that a killed
// server must come back with everything it acknowledged.

import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import { freePort } from './free-port.ts';
import { requireProgram } from './installed-programs.ts';
import { MysqlHost } from './mysql-host.ts';
import { makeServerFolder } from './server-folder.ts';
import { runToEnd, ServerProcess } from './server-process.ts';
import { serverUser } from './server-user.ts';

export interface MariadbOptions {
  readonly name?: string;
  /** Further options of the server, such as `--max-connections=5`. They win over those set here. */
  readonly serverOptions?: readonly string[];
  /** Throws as long as the server, which answers, is not ready yet. */
  readonly isReady?: (server: DatabaseServer) => Promise<void>;
}

export class MariadbServer extends MysqlHost implements DatabaseServer {
  readonly folder: string;
  readonly #process: ServerProcess;
  readonly #options: readonly string[];

  private constructor(options: MariadbOptions, port: number) {
    super(options.name ?? 'mariadb', port);
    const user = serverUser('mysql');
    this.folder = makeServerFolder(this.name, user);
    this.#options = [...baseOptions(this.folder, port), ...(options.serverOptions ?? [])];
    this.#process = new ServerProcess({
      program: requireProgram('mariadbd'),
      user,
      folder: this.folder,
      stopSignal: 'SIGTERM',
      probe: async () => {
        await this.run('', 'SELECT 1;');
        await options.isReady?.(this);
      },
    });
  }

  /** Makes the server's data; it does not run yet. */
  static async prepare(options: MariadbOptions = {}): Promise<MariadbServer> {
    const server = new MariadbServer(options, await freePort());
    await makeData(server.folder);
    return server;
  }

  /** `once`: options for this start only. */
  start(once: readonly string[] = []): Promise<void> {
    return this.#process.start([...this.#options, ...once]);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }
}

/** Starts a MariaDB of its own for the caller. */
export async function startMariadb(options: MariadbOptions = {}): Promise<DatabaseServer> {
  const server = await MariadbServer.prepare(options);
  await server.start();
  return server;
}

async function makeData(folder: string): Promise<void> {
  await runToEnd(
    requireProgram('mariadb-install-db'),
    [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      // Servers that are made at the same time take each other's temporary tables when they share a folder for them.
      `--tmpdir=${folder}`,
      '--innodb-log-file-size=16M',
      '--innodb-undo-tablespaces=0',
    ],
    serverUser('mysql'),
    folder,
  );
}

function baseOptions(folder: string, port: number): readonly string[] {
  return [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${folder}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'server-pid')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_general_ci',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-log-file-size=16M',
    '--innodb-undo-tablespaces=0',
    '--innodb-buffer-pool-size=64M',
    '--innodb-buffer-pool-dump-at-shutdown=0',
    '--innodb-buffer-pool-load-at-startup=0',
    '--max-connections=300',
  ];
}
