// One process of the service: puts the rooms together, listens, and ends cleanly.

import { createAuthenticator } from '../auth/create-authenticator.ts';
import { assertMayListen } from '../auth/loopback.ts';
import type { Settings } from '../config/settings.ts';
import { databaseUnavailable } from '../domain/errors/records.ts';
import { allOperations } from '../http/routes/index.ts';
import { createServer } from '../http/server.ts';
import { KeptModel } from '../model/kept-model.ts';
import type { Service } from '../operations/service.ts';
import { createPolicyEnforcer } from '../policy/create-enforcer.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { metricsOfWorkers } from '../telemetry/worker-metrics.ts';
import { listenRefused } from './listen-refused.ts';
import { openStore } from './open-store.ts';
import { runModelAudit } from './run-model-audit.ts';
import { BERTH_VERSION } from './version.ts';
import { isWorker } from './workers.ts';

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
  const { host, port, mountPrefix, allowRemoteNoauth, modelAuditIntervalMs } = settings.berth;
  assertMayListen(settings.api.authStrategy, host, allowRemoteNoauth);
  const journal = { warn: (text: string) => logger.warn(text), error: (text: string) => logger.error(text) };
  const keystone = settings.keystone === null ? null : { settings: settings.keystone, journal };
  const authenticator = createAuthenticator(settings.api.authStrategy, keystone);
  const policy = await createPolicyEnforcer(settings.policy, (trouble) => logger.error(trouble));

  const metrics = createMetrics(BERTH_VERSION);
  const metricsText = isWorker() ? metricsOfWorkers(metrics) : metrics.text;
  const store = await openStore(settings.database, undefined, metrics.store.laneEvent);
  const patience = { waitMaxMs: settings.database.pool.deadlineMs, giveUp: () => databaseUnavailable({}) };
  const model = new KeptModel((wanted) => store.poll(wanted), patience, metrics.model.checked);
  // Loaded before listening: the first client does not wait for it, and a broken database shows at start.
  const providers = await model.readPatiently((loaded) => loaded.providerCount);
  metrics.store.watch(() => store.load);
  metrics.model.watch(() => model);
  const service: Service = {
    store,
    model,
    settings: settings.placement,
    searchLimits: settings.berth.search,
    observeSearch: metrics.model.searched,
  };
  const state = { stopping: false };
  const server = await createServer({
    operations: allOperations(service, {
      metrics: settings.berth.metrics ? metricsText : null,
      isStopping: () => state.stopping,
    }),
    authenticator,
    policy,
    settings,
    logger,
    metrics: metrics.http,
    mountPrefix,
  });
  const address = await server.listen({ host, port }).catch(async (error: unknown) => {
    await store.close();
    throw listenRefused(error, host, port);
  });
  const auditing = modelAuditIntervalMs === null ? null : runModelAudit(service, modelAuditIntervalMs, metrics, logger);
  return {
    address,
    providers,
    stop: async () => {
      state.stopping = true;
      await auditing?.stop();
      await server.close();
      await store.close();
    },
  };
}
