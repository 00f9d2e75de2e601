// `berth db stamp REVISION`: records a revision of the schema without running anything.

import { parseArgs } from 'node:util';
import type { DatabaseSettings } from '../config/settings.ts';
import { revisionNamed, stampRevision } from '../store/migrations/placement-chain/stamp.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { withConnection } from './open-store.ts';

/** Silent when all went well. */
export async function stampCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], options: CONFIGURATION_FLAGS, allowPositionals: true });
  const [revision, ...others] = positionals;
  if (revision === undefined || others.length > 0) {
    process.stderr.write('berth: say `berth db stamp REVISION`: `head`, or the beginning of a revision\n');
    return 2;
  }
  await stampDatabase(loadConfiguration(values).settings.database, revision);
  return 0;
}

/** Throws SchemaError for a word that is no revision. */
export async function stampDatabase(settings: DatabaseSettings, word: string): Promise<void> {
  const revision = revisionNamed(word);
  await withConnection(settings, (connection) => stampRevision(connection, revision));
}
