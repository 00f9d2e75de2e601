// One process of the service: puts the rooms together, listens, and ends cleanly.

import { createAuthenticator } from '../auth/create-authenticator.ts';
import { assertMayListen } from '../auth/loopback.ts';
import type { Settings } from '../config/settings.ts';
import { allOperations } from '../http/routes/index.ts';
import { createServer } from '../http/server.ts';
import { KeptModel } from '../model/kept-model.ts';
import type { Service } from '../operations/service.ts';
import { createPolicyEnforcer } from '../policy/create-enforcer.ts';
import type { Logger } from '../telemetry/logger.ts';
import { listenRefused } from './listen-refused.ts';
import { openStore } from './open-store.ts';

export interface RunningService {
  /** `http://127.0.0.1:8778` */
  readonly address: string;
  /** Resource providers loaded at start. */
  readonly providers: number;
  /** Finishes what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** Starts the service. Throws what the operator can mend as StartRefusedError, SchemaError or DatabaseUnusableError. */
export async function runService(settings: Settings, logger: Logger): Promise<RunningService> {
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
  const address = await server.listen({ host, port }).catch(async (error: unknown) => {
    await store.close();
    throw listenRefused(error, host, port);
  });
  return {
    address,
    providers,
    stop: async () => {
      await server.close();
      await store.close();
    },
  };
}
