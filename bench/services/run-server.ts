// Starts a server program of the benchmark in a folder of its own, under the guard that ends it with this process.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '../../test/support/databases/server-process.ts';
import { answers } from './answers.ts';
import type { Service, ServiceName } from './service.ts';

interface ServerToRun {
  readonly name: ServiceName;
  readonly program: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly port: number;
}

/** Resolves when the server answers. */
export async function runServer({ name, program, words, folder, port }: ServerToRun): Promise<Service> {
  const server = new ServerProcess({
    program,
    user: undefined,
    folder,
    stopSignal: 'SIGTERM',
    probe: () => answers(port),
  });
  const beganAt = performance.now();
  await server.start(words);
  return {
    name,
    port,
    pid: notedPid(folder),
    startMs: performance.now() - beganAt,
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}

/** The process that was noted for the guard of this folder. */
export function notedPid(folder: string): number {
  return Number(readFileSync(join(folder, 'pid'), 'utf8'));
}
