// The way of telling who calls, by the name of the strategy.

import type { Authenticator } from './caller.ts';
import { development } from './development.ts';
import { createKeystoneAuthenticator, type KeystoneParts } from './keystone/authenticator.ts';
import { noauth2 } from './noauth2.ts';

/** `[api] auth_strategy`, or `development` where there is no configuration at all. */
export type AuthStrategy = 'keystone' | 'noauth2' | 'development';

/**
 * Throws StartRefusedError for what the operator has to mend first.
 *
 * @param keystone what the strategy `keystone` needs; others do without
 */
export function createAuthenticator(strategy: AuthStrategy, keystone: KeystoneParts | null = null): Authenticator {
  switch (strategy) {
    case 'noauth2':
      return noauth2;
    case 'development':
      return development;
    case 'keystone':
      if (keystone === null) throw new Error('the settings of Keystone were not loaded');
      return createKeystoneAuthenticator(keystone);
  }
}
