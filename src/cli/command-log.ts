// The log of a command: where the configuration wants it, else standard error, and then only what needs attention, for
// its output is what people and cron read.

import { StartRefusedError } from '../auth/start-refused.ts';
import type { LogSettings } from '../config/settings.ts';
import { openLog, type ServiceLog } from '../telemetry/log-output.ts';

/** Opens it. Throws StartRefusedError when the log file cannot be written. */
export function openCommandLog(settings: LogSettings): ServiceLog {
  try {
    const log = openLog({ ...settings, stderr: settings.stderr || settings.file === null }, true);
    if (settings.file === null && !settings.debug) log.logger.level = 'warn';
    return log;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartRefusedError(`the log file cannot be written: ${reason}; see [DEFAULT] log_file and log_dir`);
  }
}
