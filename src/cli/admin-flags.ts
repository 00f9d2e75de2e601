// The flags that the admin commands of OpenStack Placement take before the word that says what to do (operations §5.1).

import { homedir } from 'node:os';
import type { ConfigurationPath } from '../config/find-files.ts';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';

/** Words that the program does not understand. The message is what follows `PROGRAM: error: `. */
export class UsageError extends Error {}

export interface AdminFlags {
  /** Files and directories in the order in which they were named; null when none was. */
  readonly configFiles: readonly ConfigurationPath[] | null;
  /** Values of options, by `group.option`. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly asksFor: 'help' | 'version' | null;
  /** The words from the first that is no flag. */
  readonly rest: readonly string[];
}

/** Flags with a value, and the option of [DEFAULT] that each sets. */
const VALUE_FLAGS: ReadonlyMap<string, string> = new Map([
  ['--log-config-append', 'log_config_append'],
  ['--log-config', 'log_config_append'],
  ['--log_config', 'log_config_append'],
  ['--log-date-format', 'log_date_format'],
  ['--log-dir', 'log_dir'],
  ['--logdir', 'log_dir'],
  ['--log-file', 'log_file'],
  ['--logfile', 'log_file'],
  ['--syslog-log-facility', 'syslog_log_facility'],
]);

const SWITCHES: ReadonlyMap<string, readonly [option: string, value: string]> = new Map<
  string,
  readonly [option: string, value: string]
>([
  ['-d', ['debug', 'true']],
  ...['debug', 'use-journal', 'use-json', 'use-syslog', 'watch-log-file'].flatMap((name) => {
    const option = name.replaceAll('-', '_');
    return [
      [`--${name}`, [option, 'true']],
      [`--no${name}`, [option, 'false']],
    ] as const;
  }),
]);

/** What the help of both programs says of these flags. */
export const ADMIN_FLAGS_HELP = `  -h, --help            show this text
  --config-file PATH    read this file instead of the default ones; may be repeated
  --config-dir DIR      read the *.conf of this directory; may be repeated
  --debug, -d, --nodebug
  --log-config-append PATH, --log-date-format FORMAT, --log-dir DIR, --log-file PATH
  --syslog-log-facility FACILITY, --[no]use-journal, --[no]use-json, --[no]use-syslog, --[no]watch-log-file
                        options of [DEFAULT], for this run
`;

/** Takes the flags from the front. Throws UsageError. */
export function parseAdminFlags(words: readonly string[], knowsVersion: boolean): AdminFlags {
  const configFiles: ConfigurationPath[] = [];
  const overrides: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (flag === '-h' || flag === '--help') return { configFiles, overrides, asksFor: 'help', rest: [] };
    if (knowsVersion && flag === '--version') return { configFiles, overrides, asksFor: 'version', rest: [] };
    const option = VALUE_FLAGS.get(flag);
    if (option !== undefined || flag === '--config-file' || flag === '--config-dir') {
      if (equals === -1) at += 1;
      const value = equals === -1 ? words[at] : word.slice(equals + 1);
      if (value === undefined) throw new UsageError(`argument ${flag}: expected one argument`);
      if (option !== undefined) overrides[`DEFAULT.${option}`] = value;
      else configFiles.push(flag === '--config-file' ? value : { directory: value });
      continue;
    }
    const [name, value] = SWITCHES.get(flag) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`unrecognized arguments: ${word}`);
    overrides[`DEFAULT.${name}`] = value;
  }
  return {
    configFiles: configFiles.length === 0 ? null : configFiles,
    overrides,
    asksFor: null,
    rest: words.slice(at),
  };
}

/** The configuration as these flags want it. Throws ConfigurationError. */
export function loadAdminConfiguration({ configFiles, overrides }: AdminFlags, programName: string): LoadedSettings {
  return loadSettings({
    configFiles,
    environment: process.env,
    home: homedir(),
    purpose: 'command',
    programName,
    flags: overrides,
  });
}
