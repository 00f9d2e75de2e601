// The flags that every command has for finding its configuration.

import { homedir } from 'node:os';
import type { ParseArgsOptionsConfig } from 'node:util';
import { type LoadedSettings, loadSettings } from '../config/load-settings.ts';

/** For parseArgs. */
export const CONFIGURATION_FLAGS = {
  'config-file': { type: 'string', multiple: true },
  'config-dir': { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig;

export interface ConfigurationFlags {
  readonly 'config-file'?: string[] | undefined;
  readonly 'config-dir'?: string[] | undefined;
}

/**
 * Reads the configuration that the flags, the environment and the default places give.
 *
 * @param overrides values by `group.option` that win over everything
 */
export function loadConfiguration(
  flags: ConfigurationFlags,
  overrides: Readonly<Record<string, string>> = {},
  purpose: 'service' | 'command' = 'command',
): LoadedSettings {
  const named = [...(flags['config-file'] ?? []), ...(flags['config-dir'] ?? []).map((directory) => ({ directory }))];
  return loadSettings({
    configFiles: named.length === 0 ? null : named,
    environment: process.env,
    home: homedir(),
    flags: overrides,
    purpose,
  });
}
