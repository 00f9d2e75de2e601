// `placement-manage db online_data_migrations`: the repairs, with the words and exit codes that cron jobs know
// (operations §5.1).

import type { Connection } from '../store/connection.ts';
import type { IncompleteOwner, Repair } from '../store/repairs/repair.ts';
import { BATCH_MAX } from '../store/repairs/repair.ts';
import { REPAIRS, RepairRun } from '../store/repairs/run-repair.ts';
import { ReadTransaction } from '../store/transaction.ts';
import type { Logger } from '../telemetry/logger.ts';
import { centredTable } from './text-table.ts';

export const EXIT = { done: 0, again: 1, failed: 2, badCount: 127 } as const;

export interface MigrationOptions {
  /** Most records in this call; null: all there are. */
  readonly max: number | null;
  /** Says what it would do, and changes nothing. */
  readonly rehearsal: boolean;
}

interface Totals {
  found: number;
  completed: number;
}

/** Runs them and prints what was done; the exit code. */
export async function onlineDataMigrations(
  connection: Connection,
  owner: IncompleteOwner,
  { max, rehearsal }: MigrationOptions,
  logger: Logger,
): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const run = new RepairRun(connection, owner, ({ name }, count) =>
    logger.info({ repair: name, ...count }, 'repaired'),
  );
  const totals = new Map<Repair, Totals>();
  const state = { failed: false, completed: 0 };
  const step = async (repair: Repair, budget: number): Promise<Totals> => {
    try {
      if (rehearsal) {
        const count = await repair.count(new ReadTransaction(connection));
        return { found: max === null ? count : Math.min(count, budget), completed: 0 };
      }
      const { found, repaired } = await run.repair(repair, budget);
      return { found, completed: repaired };
    } catch (error) {
      state.failed = true;
      print(`Error attempting to run ${repair.name}`);
      logger.error({ err: error, repair: repair.name }, 'a repair failed');
      return { found: 0, completed: 0 };
    }
  };

  if (max === null) print(`Running batches of ${BATCH_MAX} until complete`);
  do {
    state.failed = false;
    state.completed = 0;
    let budget = max ?? BATCH_MAX;
    for (const repair of REPAIRS) {
      if (budget <= 0) break;
      const { found, completed } = await step(repair, budget);
      if (found > 0) print(`${found} rows matched query ${repair.name}, ${completed} migrated`);
      const total = totals.get(repair) ?? { found: 0, completed: 0 };
      totals.set(repair, { found: total.found + found, completed: total.completed + completed });
      state.completed += completed;
      budget -= rehearsal ? found : completed;
    }
  } while (max === null && state.completed > 0);

  const rows = [...totals].map(([{ name }, { found, completed }]) => [name, String(found), String(completed)]);
  process.stdout.write(centredTable(['Migration', 'Total Found', 'Completed'], rows));
  if (state.failed && state.completed === 0) {
    print('Some migrations failed unexpectedly. Check log for details.');
    return EXIT.failed;
  }
  return max !== null && state.completed > 0 ? EXIT.again : EXIT.done;
}
