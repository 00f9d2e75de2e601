// One window of load on one service: what the generator saw, and the processor time that passed in the service's
// processes and in the database server's meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHost } from '../../test/support/databases/database-server.ts';
import type { LoadGenerator } from '../load/generator.ts';
import type { Load, LoadResult } from '../load/load.ts';
import type { Staged } from '../services/stage.ts';
import { processorTimeMs } from './processor-time.ts';

export interface Window extends LoadResult {
  readonly serverMs: number;
  readonly databaseMs: number;
  /** Statements that the database server was sent, times that it wrote to its log, and bytes of it; 0 where there is none. */
  readonly statements: number;
  readonly logWrites: number;
  readonly logBytes: number;
}

/** For what a service does after its last answer: log lines, its own housekeeping. */
const AFTERMATH_MS = 100;

export async function measureWindow(
  generator: LoadGenerator,
  { service, host, databasePid }: Staged,
  load: Omit<Load, 'port'>,
): Promise<Window> {
  const used = () => ({
    serverMs: processorTimeMs(service.pid),
    databaseMs: databasePid === null ? 0 : processorTimeMs(databasePid),
  });
  const [countedBefore, before] = [await counters(host), used()];
  const result = await generator.run({ ...load, port: service.port });
  await pause(AFTERMATH_MS);
  const [after, counted] = [used(), await counters(host)];
  return {
    ...result,
    serverMs: after.serverMs - before.serverMs,
    databaseMs: after.databaseMs - before.databaseMs,
    statements: counted.statements - countedBefore.statements,
    logWrites: counted.logWrites - countedBefore.logWrites,
    logBytes: counted.logBytes - countedBefore.logBytes,
  };
}

/** What MariaDB counts. To ask it is a statement too, one of thousands. */
async function counters(host: DatabaseHost): Promise<Pick<Window, 'statements' | 'logWrites' | 'logBytes'>> {
  if (host.kind !== 'mysql') return { statements: 0, logWrites: 0, logBytes: 0 };
  const rows = await host.run(
    '',
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Innodb_log_writes', 'Innodb_os_log_written');",
  );
  const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [String(name), Number(value)]));
  return {
    statements: values.get('Questions') ?? 0,
    logWrites: values.get('Innodb_log_writes') ?? 0,
    logBytes: values.get('Innodb_os_log_written') ?? 0,
  };
}
