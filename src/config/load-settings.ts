// The way from files, environment and flags to one Settings value. Whatever is wrong is collected on the way and thrown
// at its end as one error; nothing is read again later.

import { Assignments } from './assignments.ts';
import { buildSettings } from './build-settings.ts';
import { ConfigurationError, describeSource } from './configuration-error.ts';
import { type ConfigurationPath, type Environment, findConfigurationFiles } from './find-files.ts';
import { OptionValues, type ShownOption } from './option-values.ts';
import { findOption, REMOVED_OPTIONS } from './options.ts';
import type { Settings } from './settings.ts';

export interface LoadOptions {
  /** What --config-file (a path) and --config-dir (a directory) named, in their order; null: none was given. */
  readonly configFiles: readonly ConfigurationPath[] | null;
  readonly environment: Environment;
  /** The user's home directory, or null. */
  readonly home: string | null;
  /** The service needs what it takes to know its callers; commands do not. A command by default. */
  readonly purpose?: 'service' | 'command';
  /** Base name of a further configuration file, read after placement.conf. `berth` by default. */
  readonly programName?: string;
  /** `/etc/placement` and `/etc` by default. */
  readonly systemDirectories?: readonly string[];
  /** Values from the command line, by `group.option`: they win over everything. */
  readonly flags?: Readonly<Record<string, string>>;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** One line each, without secrets. */
  readonly warnings: readonly string[];
  /** The files that were read, in order. */
  readonly sources: readonly string[];
  /** Every option with its value, secrets as `****`: what `log_options` writes (operations §1.8.1). */
  readonly shownOptions: readonly ShownOption[];
}

/** Reads the configuration (operations §1). Throws ConfigurationError with everything that is wrong with it. */
export function loadSettings(options: LoadOptions): LoadedSettings {
  const programName = options.programName ?? 'berth';
  const found = findConfigurationFiles({
    configFiles: options.configFiles,
    environment: options.environment,
    home: options.home,
    programName,
    systemDirectories: options.systemDirectories ?? ['/etc/placement', '/etc'],
  });
  const assignments = new Assignments(found.files, options.environment, flagsOf(options));
  const values = new OptionValues(assignments);
  reportNamesWithoutEffect(assignments, values);

  const problemsOfFiles = [...found.problems, ...assignments.problems];
  const built = buildSettings(values, found.policyDirectories, options.purpose ?? 'command', programName);
  // In a file that cannot be read to its end, an option that seems to be missing may well be there.
  const problems = [
    ...problemsOfFiles,
    ...values.problems.filter((problem) => problem.source !== null || problemsOfFiles.length === 0),
  ];
  if (problems.length > 0 || built === null) throw new ConfigurationError(problems, found.files);
  return { settings: built, warnings: values.warnings, sources: found.files, shownOptions: values.show() };
}

function flagsOf({ flags = {} }: LoadOptions): ReadonlyMap<string, string> {
  const entries = Object.entries(flags);
  for (const [key] of entries) {
    const dot = key.indexOf('.');
    if (findOption(key.slice(0, dot), key.slice(dot + 1)) === undefined) throw new Error(`no such option: ${key}`);
  }
  return new Map(entries);
}

/** Names that were removed, and misspelt ones in the section that is Berth's own (others may belong to other programs). */
function reportNamesWithoutEffect(assignments: Assignments, values: OptionValues): void {
  const withKeystone = values.string('api', 'auth_strategy') === 'keystone';
  for (const { group, name, treatment, advice } of REMOVED_OPTIONS) {
    const source = assignments.inFiles(group, name)[0];
    if (source === undefined) continue;
    if (treatment === 'refuse' && withKeystone) values.rejectName(group, name, source, advice);
    else values.warn(`[${group}] ${name} (${describeSource(source)}) ${advice}`);
  }
  for (const [name, source] of assignments.namesIn('berth')) {
    if (findOption('berth', name) !== undefined) continue;
    values.warn(`[berth] ${name} (${describeSource(source)}) is not an option and is ignored`);
  }
}
