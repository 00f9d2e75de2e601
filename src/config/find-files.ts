// Which configuration files there are (operations §1.2), and where a relative policy file is looked for (§3.7).

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ConfigurationProblem } from './configuration-error.ts';

/** The process's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What `--config-file` (a path) or `--config-dir` (a directory) named. */
export type ConfigurationPath = string | { readonly directory: string };

export interface SearchOptions {
  /** Flags in the order given; null when there are none. */
  readonly configFiles: readonly ConfigurationPath[] | null;
  readonly environment: Environment;
  /** The user's home directory; null when there is none. */
  readonly home: string | null;
  /** Files of this base name are read after `placement.conf`. */
  readonly programName: string;
  /** Where the system keeps configuration: `/etc/placement`, `/etc`. */
  readonly systemDirectories: readonly string[];
}

export interface FoundFiles {
  /** In reading order: a later file wins. */
  readonly files: readonly string[];
  /** Where a relative policy file is looked for, first match first. */
  readonly policyDirectories: readonly string[];
  readonly problems: readonly ConfigurationProblem[];
}

/** Finds the files to read. Only a file or directory that was named and is not there is a problem. */
export function findConfigurationFiles(options: SearchOptions): FoundFiles {
  const { configFiles, environment } = options;
  const places = searchPlaces(options);
  const flags = configFiles ?? [];
  const bases = ['placement', options.programName];

  const fromVariable = environment.OS_PLACEMENT_CONFIG_DIR?.trim() ?? '';
  const defaultFiles =
    fromVariable === ''
      ? bases.flatMap((base) => firstExisting(places, `${base}.conf`, isFile))
      : [join(resolve(fromVariable), 'placement.conf')];
  const defaultDirectories = bases.flatMap((base) => firstExisting(places, `${base}.conf.d`, isDirectory));

  const namesFile = flags.some((flag) => typeof flag === 'string');
  const namesDirectory = flags.some((flag) => typeof flag !== 'string');
  const order: readonly ConfigurationPath[] = [
    ...(namesFile ? [] : defaultFiles),
    ...(namesDirectory ? [] : unique(defaultDirectories).map((directory) => ({ directory }))),
    ...flags.map((flag) => expandHome(flag, options.home)),
  ];

  const missing = order.filter((path) => (typeof path === 'string' ? !isFile(path) : !isDirectory(path.directory)));
  const mainFiles = order.flatMap((path) => (typeof path === 'string' ? [path] : []));
  const directories = order.flatMap((path) => (typeof path === 'string' ? [] : [path.directory]));
  return {
    files: unique(order.filter((path) => !missing.includes(path)).flatMap(filesOf)),
    policyDirectories: unique([...directories, ...mainFiles.toReversed().map((file) => dirname(file)), ...places]),
    problems: missing.length === 0 ? [] : [notFound(missing)],
  };
}

/** The directories of §1.2, strongest first. */
function searchPlaces({ environment, home, systemDirectories }: SearchOptions): readonly string[] {
  const snaps = [environment.SNAP_COMMON, environment.SNAP].filter((snap) => snap !== undefined && snap !== '');
  return unique([
    ...(home === null || home === '' ? [] : [join(home, '.placement'), home]),
    ...systemDirectories,
    ...snaps.map((snap) => join(snap ?? '', 'etc', 'placement')),
  ]).map((place) => resolve(place));
}

function filesOf(path: ConfigurationPath): readonly string[] {
  if (typeof path === 'string') return [path];
  const names = readdirSync(path.directory).filter((name) => name.endsWith('.conf'));
  return names
    .sort()
    .map((name) => join(path.directory, name))
    .filter(isFile);
}

function firstExisting(places: readonly string[], name: string, exists: (path: string) => boolean): readonly string[] {
  const path = places.map((place) => join(place, name)).find(exists);
  return path === undefined ? [] : [path];
}

function expandHome(path: ConfigurationPath, home: string | null): ConfigurationPath {
  const expand = (text: string) => resolve(home !== null && text.startsWith('~/') ? join(home, text.slice(2)) : text);
  return typeof path === 'string' ? expand(path) : { directory: expand(path.directory) };
}

function notFound(missing: readonly ConfigurationPath[]): ConfigurationProblem {
  const paths = missing.map((path) => (typeof path === 'string' ? path : path.directory));
  const reason = `Failed to find some config files: ${paths.join(',')}`;
  return { source: null, option: null, value: null, reason };
}

function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}
