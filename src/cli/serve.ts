// `berth serve`: puts the rooms together, listens, and ends cleanly on SIGTERM or SIGINT.

import { parseArgs } from 'node:util';
import { createAuthenticator } from '../auth/create-authenticator.ts';
import { assertMayListen } from '../auth/loopback.ts';
import { type DevelopmentDatabase, developmentSettings } from '../config/development-settings.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import { allOperations } from '../http/routes/index.ts';
import { createServer } from '../http/server.ts';
import { KeptModel } from '../model/kept-model.ts';
import type { Service } from '../operations/service.ts';
import { createPolicyEnforcer } from '../policy/create-enforcer.ts';
import { createLogger } from '../telemetry/logger.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { listenRefused } from './listen-refused.ts';
import { describeLocation, openStore } from './open-store.ts';

const DEVELOPMENT_DATA = 'var/berth.sqlite';

const FLAGS = {
  ...CONFIGURATION_FLAGS,
  dev: { type: 'boolean' },
  data: { type: 'string' },
  database: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'allow-remote-noauth': { type: 'boolean' },
} as const;

type ServeFlags = ReturnType<typeof parseFlags>;

/** Serves until a signal ends it. */
export async function serve(words: readonly string[]): Promise<number> {
  const flags = parseFlags(words);
  const { settings, warnings } = loadServeSettings(flags);
  const logger = createLogger({ debug: settings.log.debug, destination: flags.dev ? 'stderr' : 'stdout' });
  for (const warning of warnings) logger.warn(warning);

  const { host, port, mountPrefix, allowRemoteNoauth, searchStepsMax } = settings.berth;
  assertMayListen(settings.api.authStrategy, host, allowRemoteNoauth);
  const journal = { warn: (text: string) => logger.warn(text), error: (text: string) => logger.error(text) };
  const keystone = settings.keystone === null ? null : { settings: settings.keystone, journal };
  const authenticator = createAuthenticator(settings.api.authStrategy, keystone);
  const policy = await createPolicyEnforcer(settings.policy, (trouble) => logger.error(trouble));

  const store = await openStore(settings.database);
  const model = new KeptModel((wanted) => store.poll(wanted));
  // Loaded before listening: the first client does not wait for it, and a broken database shows at start.
  const providers = await model.read((loaded) => loaded.providerCount);
  const service: Service = { store, model, settings: settings.placement, searchStepsMax };
  const server = await createServer({
    operations: allOperations(service),
    authenticator,
    policy,
    settings,
    logger,
    mountPrefix,
  });
  const ended = endOfService();
  const address = await server.listen({ host, port }).catch(async (error: unknown) => {
    await store.close();
    throw listenRefused(error, host, port);
  });
  if (flags.dev) process.stdout.write(welcome(address, describeLocation(settings.database)));
  logger.info({ address, providers }, 'listening');

  const signal = await ended;
  logger.info({ signal }, 'stopping');
  await server.close();
  await store.close();
  return 0;
}

function parseFlags(words: readonly string[]) {
  return parseArgs({ args: [...words], options: FLAGS }).values;
}

function loadServeSettings(flags: ServeFlags): Pick<LoadedSettings, 'settings' | 'warnings'> {
  const overrides = {
    ...(flags.host === undefined ? {} : { 'berth.host': flags.host }),
    ...(flags.port === undefined ? {} : { 'berth.port': flags.port }),
    ...(flags['allow-remote-noauth'] ? { 'berth.allow_remote_noauth': 'true' } : {}),
  };
  if (!flags.dev) return loadConfiguration(flags, overrides, 'service');
  return { settings: developmentSettings(developmentDatabase(flags), overrides), warnings: [] };
}

function developmentDatabase(flags: ServeFlags): DevelopmentDatabase {
  return flags.database === undefined ? { path: flags.data ?? DEVELOPMENT_DATA } : { url: flags.database };
}

/** The signal that ends the service. A second one ends the process at once. */
function endOfService(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(1));
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
