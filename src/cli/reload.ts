// SIGHUP: what can change without a restart changes, and what cannot is named. Nothing is taken over by half: a
// configuration that cannot be used changes nothing.

import { ConfigurationError } from '../config/configuration-error.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { ShownOption } from '../config/option-values.ts';
import type { ServiceLog } from '../telemetry/log-output.ts';
import type { RunningService } from './run-service.ts';

/** Options that a reload puts into force. Policy files and certificates are read anew as well, where they are. */
const RELOADED: ReadonlySet<string> = new Set(['DEFAULT debug']);

export type SettingsSource = () => Pick<LoadedSettings, 'settings' | 'warnings' | 'shownOptions'>;

export interface ReloadParts {
  readonly log: ServiceLog;
  readonly load: SettingsSource;
  /** What the service was started with. */
  readonly started: readonly ShownOption[];
  /** Of this process; null in one that serves nobody itself. */
  readonly service: Pick<RunningService, 'reload'> | null;
}

/** Never throws: what goes wrong is said in the log. */
export function reload({ log, load, started, service }: ReloadParts): void {
  log.reopen();
  const { logger } = log;
  const done = ['log', 'policy files', 'certificate'];
  try {
    const { settings, shownOptions } = load();
    log.setDebug(settings.log.debug);
    done.push('log level');
    const waiting = changedOptions(started, shownOptions).filter((name) => !RELOADED.has(name));
    if (waiting.length > 0) {
      const names = waiting.map((name) => name.replace(/^(\S+)/, '[$1]')).join(', ');
      logger.warn(`these options have changed and wait for a restart: ${names}`);
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const line of error.message.split('\n')) logger.error(line);
    logger.error('the configuration cannot be used; the one from before stays in force');
  }
  service?.reload();
  logger.info(`reloaded: ${done.join(', ')}`);
}

/** `group name` of each option whose value differs. */
function changedOptions(before: readonly ShownOption[], after: readonly ShownOption[]): readonly string[] {
  const known = new Map(before.map((option) => [`${option.group} ${option.name}`, option.fingerprint]));
  return after.flatMap(({ group, name, fingerprint }) => {
    const key = `${group} ${name}`;
    return known.has(key) && known.get(key) !== fingerprint ? [key] : [];
  });
}
