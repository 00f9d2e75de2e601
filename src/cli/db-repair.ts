// `berth db repair`: gives roots to resource providers and records to consumers that have none. Counts; names nobody.

import { parseArgs } from 'node:util';
import type { Connection } from '../store/connection.ts';
import type { IncompleteOwner } from '../store/repairs/repair.ts';
import { REPAIRS, RepairRun } from '../store/repairs/run-repair.ts';
import { ReadTransaction } from '../store/transaction.ts';
import type { Logger } from '../telemetry/logger.ts';
import { openCommandLog } from './command-log.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { inspectDatabase, withConnection } from './open-store.ts';

const FLAGS = {
  ...CONFIGURATION_FLAGS,
  'max-count': { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

/** Prints a line for each kind. Exit code 0 when nothing is left to do, 1 when something is. */
export async function repairCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: FLAGS });
  const text = values['max-count'];
  const max = text === undefined ? Number.POSITIVE_INFINITY : migrationMax(text);
  if (max === undefined) {
    process.stderr.write('berth: --max-count must be a whole number, 1 or more\n');
    return 2;
  }
  const { settings } = loadConfiguration(values);
  if (values['dry-run']) return inspectDatabase(settings.database, (connection) => rehearse(connection, max));
  const { incompleteConsumerProjectId: project, incompleteConsumerUserId: user } = settings.placement;
  const log = openCommandLog(settings.log);
  try {
    return await withConnection(settings.database, (connection) =>
      repair(connection, { project, user }, max, log.logger),
    );
  } finally {
    log.close();
  }
}

/** The number that the text is, when it is whole and positive. */
export function migrationMax(text: string): number | undefined {
  const number = Number(text);
  return /^\s*\+?\d+\s*$/.test(text) && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

async function rehearse(connection: Connection, max: number): Promise<number> {
  let [left, budget] = [0, max];
  for (const kind of REPAIRS) {
    const found = await kind.count(new ReadTransaction(connection));
    const would = Math.min(found, budget);
    process.stdout.write(`${kind.title}: ${found}, would repair ${would}\n`);
    left += found;
    budget -= would;
  }
  return left === 0 ? 0 : 1;
}

async function repair(connection: Connection, owner: IncompleteOwner, max: number, logger: Logger): Promise<number> {
  const run = new RepairRun(connection, owner, ({ name }, count) =>
    logger.info({ repair: name, ...count }, 'repaired'),
  );
  let [left, budget] = [0, max];
  for (const kind of REPAIRS) {
    const found = await kind.count(new ReadTransaction(connection));
    const { repaired } = budget > 0 ? await run.repair(kind, budget) : { repaired: 0 };
    const remaining = await kind.count(new ReadTransaction(connection));
    process.stdout.write(`${kind.title}: ${found}, repaired ${repaired}, left ${remaining}\n`);
    left += remaining;
    budget -= repaired;
  }
  return left === 0 ? 0 : 1;
}
