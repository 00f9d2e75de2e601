// One process of the service: puts the rooms together, listens, and ends cleanly.

import { createAuthenticator } from '../auth/create-authenticator.ts';
import { assertMayListen } from '../auth/loopback.ts';
import type { Settings } from '../config/settings.ts';
import { databaseUnavailable } from '../domain/errors/records.ts';
import { allOperations } from '../http/routes/index.ts';
import { createServer } from '../http/server.ts';
import { setSocketMode } from '../http/unix-socket.ts';
import { KeptModel } from '../model/kept-model.ts';
import type { Service } from '../operations/service.ts';
import { createPolicyEnforcer } from '../policy/create-enforcer.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { metricsOfWorkers } from '../telemetry/worker-metrics.ts';
import { listenRefused, tlsRefused } from './listen-refused.ts';
import { listenTarget, readTlsIdentity } from './listen-target.ts';
import { openStore } from './open-store.ts';
import { runModelAudit } from './run-model-audit.ts';
import { BERTH_VERSION } from './version.ts';
import { isWorker } from './workers.ts';

export interface RunningService {
  /** `http://127.0.0.1:8778` */
  readonly address: string;
  /** Resource providers loaded at start. */
  readonly providers: number;
  /** Reads policy files and certificates anew. Never throws: what cannot be used is said in the log. */
  reload(): void;
  /** Finishes what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** Starts the service. Throws what the operator can mend as StartRefusedError, SchemaError or DatabaseUnusableError. */
export async function runService(settings: Settings, logger: Logger): Promise<RunningService> {
  const { socket, tls, host, port, mountPrefix, allowRemoteNoauth, modelAuditIntervalMs } = settings.berth;
  // Who may use a socket is for its mode to say.
  if (socket === null) assertMayListen(settings.api.authStrategy, host, allowRemoteNoauth);
  const tlsIdentity = tls === null ? null : readTlsIdentity(tls);
  const journal = { warn: (text: string) => logger.warn(text), error: (text: string) => logger.error(text) };
  const keystone = settings.keystone === null ? null : { settings: settings.keystone, journal };
  const authenticator = createAuthenticator(settings.api.authStrategy, keystone);
  const policy = await createPolicyEnforcer(settings.policy, (trouble, level) => logger[level](trouble));

  const metrics = createMetrics(BERTH_VERSION);
  const metricsText = isWorker() ? metricsOfWorkers(metrics) : metrics.text;
  const store = await openStore(settings.database, undefined, metrics.store.laneEvent);
  const patience = { waitMaxMs: settings.database.pool.deadlineMs, giveUp: () => databaseUnavailable({}) };
  const model = new KeptModel((wanted, target) => store.poll(wanted, target), patience, metrics.model.checked);
  store.watchCommits((commit) => model.committed(commit.usage, (apply) => store.takeOver(commit, apply)));
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
    identifiers: settings.log.identifiers,
    metrics: metrics.http,
    mountPrefix,
    tls: tlsIdentity,
  }).catch(async (error: unknown) => {
    await store.close();
    throw tlsRefused(error);
  });
  const address = await server.listen(listenTarget(settings.berth)).catch(async (error: unknown) => {
    await store.close();
    throw listenRefused(error, socket === null ? { host, port } : socket);
  });
  if (socket !== null) setSocketMode(socket.path, socket.mode);
  const auditing = modelAuditIntervalMs === null ? null : runModelAudit(service, modelAuditIntervalMs, metrics, logger);
  return {
    address,
    providers,
    reload: () => {
      policy.keepUp();
      if (tls === null) return;
      try {
        server.replaceTlsIdentity(readTlsIdentity(tls));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.error(`the certificate cannot be used, the one from before stays: ${reason}`);
      }
    },
    stop: async () => {
      state.stopping = true;
      await auditing?.stop();
      await server.close();
      await store.close();
    },
  };
}
