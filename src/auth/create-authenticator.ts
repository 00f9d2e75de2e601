// The way of telling who calls, by the name of the strategy.

import type { Authenticator } from './caller.ts';
import { development } from './development.ts';
import { noauth2 } from './noauth2.ts';
import { StartRefusedError } from './start-refused.ts';

/** `[api] auth_strategy`, or `development` where there is no configuration at all. */
export type AuthStrategy = 'keystone' | 'noauth2' | 'development';

/** Throws StartRefusedError for a strategy that this version does not have. */
export function createAuthenticator(strategy: AuthStrategy): Authenticator {
  switch (strategy) {
    case 'noauth2':
      return noauth2;
    case 'development':
      return development;
    case 'keystone':
      throw new StartRefusedError(
        '[api] auth_strategy = keystone (which is also the default) is not available yet in this version of Berth; ' +
          'for tests and closed networks there is auth_strategy = noauth2',
      );
  }
}
