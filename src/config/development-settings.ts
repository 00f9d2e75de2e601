// Settings for trying Berth out: no file, no environment, no identity service. Everything at its default but the database
// and who is calling.

import { Assignments } from './assignments.ts';
import { buildSettings } from './build-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import { OptionValues } from './option-values.ts';
import type { Settings } from './settings.ts';

/** How long a write waits for another process on the same file. */
const DEVELOPMENT_BUSY_TIMEOUT_MS = 5_000;

/** A SQLite file, absolute or relative to the working directory, or `:memory:`; or any database by its URL. */
export type DevelopmentDatabase = { readonly path: string } | { readonly url: string };

/**
 * @param flags values from the command line by `group.option`, e.g. `berth.port`
 */
export function developmentSettings(
  database: DevelopmentDatabase,
  flags: Readonly<Record<string, string>> = {},
): Settings {
  const values = new OptionValues(
    new Assignments(
      [],
      {},
      new Map([
        ['placement_database.connection', 'url' in database ? database.url : 'sqlite://'],
        ['placement_database.sync_on_startup', 'true'],
        ...Object.entries(flags),
      ]),
    ),
  );
  const settings = buildSettings(values, [], 'command', 'berth');
  if (settings === null || values.problems.length > 0) throw new ConfigurationError(values.problems);
  return {
    ...settings,
    database: {
      ...settings.database,
      // A path is put in place here, since it may contain what would mean something else in a URL.
      connection:
        'url' in database
          ? settings.database.connection
          : { kind: 'sqlite', path: database.path, busyTimeoutMs: DEVELOPMENT_BUSY_TIMEOUT_MS },
    },
    api: { authStrategy: 'development' },
    policy: { ...settings.policy, policyFile: null, policyFileFallback: null, policyDirs: [] },
  };
}
