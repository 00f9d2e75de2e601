// Short ways to load a configuration in tests: one file, or none, and nothing of this machine.

import type { TestContext } from 'node:test';
import { ConfigurationError } from '../../src/config/configuration-error.ts';
import type { Environment } from '../../src/config/find-files.ts';
import { type LoadedSettings, loadSettings } from '../../src/config/load-settings.ts';
import { makeDirectory } from './directory.ts';

export const SQLITE = '[placement_database]\nconnection = sqlite:////tmp/placement.sqlite\n';

/** Loads one file with this text, after a database section unless the text has one. */
export function load(test: TestContext, text: string, environment: Environment = {}): LoadedSettings {
  const whole = text.includes('[placement_database]') ? text : `${text}\n${SQLITE}`;
  const directory = makeDirectory(test, { 'placement.conf': whole });
  return loadSettings({
    configFiles: [`${directory}/placement.conf`],
    environment,
    home: null,
    systemDirectories: [],
  });
}

/** The error that loading ends with; fails the test when there is none. */
export function errorOf(load: () => unknown): ConfigurationError {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('a ConfigurationError was expected');
}
