// A throwaway PostgreSQL. Small and quick to start; commits as durable as in the field.

import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import { freePort } from './free-port.ts';
import { requireProgram } from './installed-programs.ts';
import { PostgresqlHost } from './postgresql-host.ts';
import { makeServerFolder } from './server-folder.ts';
import { runToEnd, ServerProcess } from './server-process.ts';
import { serverUser } from './server-user.ts';

export interface PostgresqlOptions {
  readonly name?: string;
  /** Further settings of the server, such as `max_connections=10`. They win over those set here. */
  readonly settings?: readonly string[];
}

class PostgresqlServer extends PostgresqlHost implements DatabaseServer {
  readonly #process: ServerProcess;
  readonly #options: readonly string[];

  constructor(name: string, port: number, folder: string, settings: readonly string[]) {
    super(name, port);
    this.#options = [
      '-D',
      join(folder, 'data'),
      ...[...baseSettings(folder, port), ...settings].flatMap((setting) => ['-c', setting]),
    ];
    this.#process = new ServerProcess({
      program: requireProgram('postgres'),
      user: serverUser('postgres'),
      folder,
      // Fast shutdown: open connections are told and closed, not waited for.
      stopSignal: 'SIGINT',
      probe: async () => {
        await this.run('postgres', 'SELECT 1;');
      },
    });
  }

  start(): Promise<void> {
    return this.#process.start(this.#options);
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

/** Starts a PostgreSQL of its own for the caller. */
export async function startPostgresql(options: PostgresqlOptions = {}): Promise<DatabaseServer> {
  const name = options.name ?? 'postgresql';
  const user = serverUser('postgres');
  const folder = makeServerFolder(name, user);
  const data = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust'];
  await runToEnd(
    requireProgram('initdb'),
    [...data, '--no-sync', '--locale=C', '--encoding=UTF8', '--no-instructions'],
    user,
    folder,
  );
  const server = new PostgresqlServer(name, await freePort(), folder, options.settings ?? []);
  await server.start();
  return server;
}

function baseSettings(folder: string, port: number): readonly string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=on',
    'synchronous_commit=on',
    'shared_buffers=32MB',
    'max_connections=300',
    'timezone=UTC',
    'log_min_messages=warning',
  ];
}
