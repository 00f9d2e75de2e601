// `berth serve`: reads flags and configuration, serves in one process or several, ends cleanly on SIGTERM or SIGINT.

import { parseArgs } from 'node:util';
import { StartRefusedError } from '../auth/start-refused.ts';
import { type DevelopmentDatabase, developmentSettings } from '../config/development-settings.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { DatabaseSettings, LogSettings } from '../config/settings.ts';
import { openLog, type ServiceLog } from '../telemetry/log-output.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { prepareToListen } from './listen-target.ts';
import { logOptions } from './log-options.ts';
import { describeLocation } from './open-store.ts';
import { reload } from './reload.ts';
import { type RunningService, runService } from './run-service.ts';
import { announceListening, isWorker, runWorkers, signalWorkers } from './workers.ts';

const DEVELOPMENT_DATA = 'var/berth.sqlite';

const FLAGS = {
  ...CONFIGURATION_FLAGS,
  dev: { type: 'boolean' },
  data: { type: 'string' },
  database: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  workers: { type: 'string' },
  'allow-remote-noauth': { type: 'boolean' },
} as const;

type ServeFlags = ReturnType<typeof parseFlags>;

/** Serves until a signal ends it. */
export async function serve(words: readonly string[]): Promise<number> {
  const flags = parseFlags(words);
  const load = () => loadServeSettings(flags);
  const { settings, warnings, shownOptions } = load();
  const log = openServiceLog(settings.log, flags.dev === true);
  const { logger } = log;
  const ended = endOfService();
  const reloading: { service: RunningService | null } = { service: null };
  process.on('SIGHUP', () => {
    reload({ log, load, started: shownOptions, service: reloading.service });
    if (!isWorker()) signalWorkers('SIGHUP');
  });
  const announce = (address: string) => {
    if (flags.dev) process.stdout.write(welcome(address, describeLocation(settings.database)));
  };
  if (!isWorker()) {
    for (const warning of warnings) logger.warn(warning);
    if (settings.log.options) logOptions(logger, shownOptions, settings.log.identifiers);
    await prepareToListen(settings.berth);
    const { workers } = settings.berth;
    if (workers > 1) assertShareable(settings.database);
    if (workers > 1) return runWorkers(workers, logger, ended, announce);
  }

  // Nothing is under way yet: who is told to end while it starts, which may take long without a database, just ends.
  const service = await Promise.race([runService(settings, logger), ended.then(() => null)]);
  if (service === null) process.exit(0);
  reloading.service = service;
  const { address, providers, stop } = service;
  logger.info({ address, providers }, 'listening');
  if (isWorker()) announceListening(address);
  else announce(address);

  const signal = await ended;
  logger.info({ signal }, 'stopping');
  await stop();
  // A worker's channel to the first process would keep it alive.
  if (isWorker()) process.disconnect?.();
  log.close();
  return 0;
}

function parseFlags(words: readonly string[]) {
  return parseArgs({ args: [...words], options: FLAGS }).values;
}

function openServiceLog(settings: LogSettings, development: boolean): ServiceLog {
  try {
    return openLog({ ...settings, stderr: settings.stderr || development });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartRefusedError(`the log file cannot be written: ${reason}; see [DEFAULT] log_file and log_dir`);
  }
}

function loadServeSettings(flags: ServeFlags): Pick<LoadedSettings, 'settings' | 'warnings' | 'shownOptions'> {
  const overrides = {
    ...(flags.host === undefined ? {} : { 'berth.host': flags.host }),
    ...(flags.port === undefined ? {} : { 'berth.port': flags.port }),
    ...(flags.workers === undefined ? {} : { 'berth.workers': flags.workers }),
    ...(flags['allow-remote-noauth'] ? { 'berth.allow_remote_noauth': 'true' } : {}),
  };
  if (!flags.dev) return loadConfiguration(flags, overrides, 'service');
  return { settings: developmentSettings(developmentDatabase(flags), overrides), warnings: [], shownOptions: [] };
}

function developmentDatabase(flags: ServeFlags): DevelopmentDatabase {
  return flags.database === undefined ? { path: flags.data ?? DEVELOPMENT_DATA } : { url: flags.database };
}

function assertShareable({ connection }: DatabaseSettings): void {
  if (connection.kind === 'sqlite' && connection.path === ':memory:') {
    throw new StartRefusedError(
      'a database in memory belongs to one process: set [berth] workers = 1, or give it a file',
    );
  }
}

/**
 * The signal that ends the service. A second one ends the process at once; not so in a worker, which gets it from the
 * first process and, in a terminal or from a supervisor that signals everybody, once more from there.
 */
function endOfService(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const state = { ending: false };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (state.ending && !isWorker()) process.exit(1);
        state.ending = true;
        resolve(signal);
      });
    }
  });
}

function welcome(address: string, dataPath: string): string {
  return `Berth listens on ${address}
  data:  ${dataPath}
  try:   curl ${address}/resource_providers
         openstack --os-auth-type none --os-endpoint ${address} resource provider list
  Development mode: anyone on this machine may do anything, without a token.
  Requests are logged to standard error, one JSON line each. Stop with Ctrl-C.
`;
}
