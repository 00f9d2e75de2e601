// `berth config check`: reads the configuration as the service would and says everything about it at once: which files,
// what is wrong, what deserves attention. It starts nothing and contacts nobody.

import { parseArgs } from 'node:util';
import { assertMayListen } from '../auth/loopback.ts';
import { StartRefusedError } from '../auth/start-refused.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import { assertTlsIdentity } from '../http/server.ts';
import { PolicyFileError } from '../policy/policy-file.ts';
import { findPolicyFiles, readPolicyFiles } from '../policy/policy-files.ts';
import { buildRuleSet } from '../policy/rule-set.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { tlsRefused } from './listen-refused.ts';
import { readTlsIdentity } from './listen-target.ts';

/** Exit code 0 when the service could start with it, warnings or not; 1 when it could not. */
export async function configCheckCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: CONFIGURATION_FLAGS });
  let loaded: LoadedSettings;
  try {
    loaded = loadConfiguration(values, {}, 'service');
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return report(error.sources, [], error.message.split('\n'));
  }
  const policy = checkPolicy(loaded);
  return report(
    [...loaded.sources, ...policy.files],
    [...loaded.warnings, ...policy.warnings],
    [...checkListening(loaded), ...policy.problems],
  );
}

/** What would stop the service before it listens. Whether the port is free is seen only at the start. */
function checkListening({ settings: { api, berth } }: LoadedSettings): readonly string[] {
  const checks = [
    () => {
      if (berth.socket === null) assertMayListen(api.authStrategy, berth.host, berth.allowRemoteNoauth);
    },
    () => {
      if (berth.tls !== null) assertTlsIdentity(readTlsIdentity(berth.tls));
    },
  ];
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      const refusal = tlsRefused(error);
      if (refusal instanceof StartRefusedError) return [refusal.message];
      throw error;
    }
  });
}

interface PolicyReport {
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

function checkPolicy({ settings: { policy } }: LoadedSettings): PolicyReport {
  try {
    const found = findPolicyFiles(policy);
    const { rules, warnings } = readPolicyFiles(found);
    return { files: found.paths, warnings: [...warnings, ...buildRuleSet(rules, policy).warnings], problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    return { files: [], warnings: [], problems: [error.message] };
  }
}

function report(files: readonly string[], warnings: readonly string[], problems: readonly string[]): number {
  const lines = [
    ...(files.length === 0 ? ['No configuration file was read.'] : files.map((file) => `read: ${file}`)),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...problems.map((problem) => `problem: ${problem}`),
    problems.length === 0 ? 'The configuration can be used.' : 'The configuration cannot be used.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}
