// `berth db coexist`: lets Berth see what another service writes into the same database; see docs/takeover.md.

import { parseArgs } from 'node:util';
import { coexistenceStatus, turnCoexistenceOff, turnCoexistenceOn } from '../store/coexistence/switch.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { openStore, withConnection } from './open-store.ts';

/** `on`, `off` or `status`; prints the state afterwards. Exit code 1 when only some of the triggers are there. */
export async function coexistCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], options: CONFIGURATION_FLAGS, allowPositionals: true });
  const [wanted, ...rest] = positionals;
  if ((wanted !== 'on' && wanted !== 'off' && wanted !== 'status') || rest.length > 0) {
    process.stderr.write('berth: say `berth db coexist on`, `off` or `status`\n');
    return 2;
  }
  const { settings } = loadConfiguration(values);
  // Makes Berth's own tables where they are missing, and no others.
  if (wanted === 'on') await (await openStore(settings.database, false)).close();
  const { state, missing } = await withConnection(settings.database, async (connection) => {
    if (wanted === 'on') await turnCoexistenceOn(connection);
    if (wanted === 'off') await turnCoexistenceOff(connection);
    return coexistenceStatus(connection);
  });
  process.stdout.write(`${[state, ...missing].join('\n  missing: ')}\n`);
  return state === 'incomplete' ? 1 : 0;
}
