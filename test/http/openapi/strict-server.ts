// The service with identity and policy as they are without development mode: a request without a token is refused, and
// a token without a role may nothing.

import { createAuthenticator } from '../../../src/auth/create-authenticator.ts';
import { developmentSettings } from '../../../src/config/development-settings.ts';
import { allOperations } from '../../../src/http/routes/index.ts';
import { createServer } from '../../../src/http/server.ts';
import { KeptModel } from '../../../src/model/kept-model.ts';
import { createPolicyEnforcer } from '../../../src/policy/create-enforcer.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { createLoggerTo } from '../../../src/telemetry/logger.ts';

export interface StrictServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it in this process, on a database in memory. */
export async function startStrictServer(): Promise<StrictServer> {
  const settings = developmentSettings({ path: ':memory:' }, {});
  const store = await openSqliteStore({ path: ':memory:', synchronous: false, busyTimeoutMs: 1000, sync: true });
  const model = new KeptModel(() => store.poll());
  const server = await createServer({
    operations: allOperations({ store, model, settings: settings.placement, searchLimits: settings.berth.search }),
    authenticator: createAuthenticator('noauth2'),
    policy: await createPolicyEnforcer(settings.policy, () => {}),
    settings,
    logger: createLoggerTo({ write: () => {} }, false),
    mountPrefix: '',
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async close() {
      await server.close(0);
      await store.close();
    },
  };
}
