// `berth db sync` and `berth db version`.

import { parseArgs } from 'node:util';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { openStore, readRevision } from './open-store.ts';

/** Makes the tables or brings them up to date. Silent when all went well, as the original's command is. */
export async function syncCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: CONFIGURATION_FLAGS });
  const { settings } = loadConfiguration(values);
  const store = await openStore(settings.database, true);
  await store.close();
  return 0;
}

/** Prints the recorded revision of the schema, `None` when there is none. Makes nothing. */
export async function versionCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: CONFIGURATION_FLAGS });
  const { settings } = loadConfiguration(values);
  process.stdout.write(`${(await readRevision(settings.database)) ?? 'None'}\n`);
  return 0;
}
