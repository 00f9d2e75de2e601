// Settings for trying Berth out: no file, no environment, no identity service. Everything at its default but the database
// and who is calling.

import { Assignments } from './assignments.ts';
import { buildSettings } from './build-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import { OptionValues } from './option-values.ts';
import type { Settings } from './settings.ts';

/**
 * @param dataPath the SQLite file, absolute or relative to the working directory, or `:memory:`
 * @param flags values from the command line by `group.option`, e.g. `berth.port`
 */
export function developmentSettings(dataPath: string, flags: Readonly<Record<string, string>> = {}): Settings {
  const values = new OptionValues(
    new Assignments(
      [],
      {},
      new Map([
        ['placement_database.connection', 'sqlite://'],
        ['placement_database.sync_on_startup', 'true'],
        ...Object.entries(flags),
      ]),
    ),
  );
  const settings = buildSettings(values, [], 'command');
  if (settings === null || values.problems.length > 0) throw new ConfigurationError(values.problems);
  return {
    ...settings,
    // Put in place here, since a path may contain what would mean something else in a URL.
    database: { ...settings.database, connection: { ...settings.database.connection, path: dataPath } },
    api: { authStrategy: 'development' },
    policy: { ...settings.policy, policyFile: null, policyFileFallback: null, policyDirs: [] },
  };
}
