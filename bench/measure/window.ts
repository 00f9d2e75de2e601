// One window of load on one service: what the generator saw, and the processor time that passed in the service's
// processes and in the database server's meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import type { LoadGenerator } from '../load/generator.ts';
import type { Load, LoadResult } from '../load/load.ts';
import type { Staged } from '../services/stage.ts';
import { processorTimeMs } from './processor-time.ts';

export interface Window extends LoadResult {
  readonly serverMs: number;
  readonly databaseMs: number;
}

/** For what a service does after its last answer: log lines, its own housekeeping. */
const AFTERMATH_MS = 100;

export async function measureWindow(
  generator: LoadGenerator,
  { service, databasePid }: Staged,
  load: Omit<Load, 'port'>,
): Promise<Window> {
  const used = () => ({
    serverMs: processorTimeMs(service.pid),
    databaseMs: databasePid === null ? 0 : processorTimeMs(databasePid),
  });
  const before = used();
  const result = await generator.run({ ...load, port: service.port });
  await pause(AFTERMATH_MS);
  const after = used();
  return {
    ...result,
    serverMs: after.serverMs - before.serverMs,
    databaseMs: after.databaseMs - before.databaseMs,
  };
}
