// An authenticator in front of a scripted Keystone, and short ways to ask it.

import type { AuthenticationResult, Caller, RequestHeaders, RequestLine } from '../../../src/auth/caller.ts';
import { createKeystoneAuthenticator } from '../../../src/auth/keystone/authenticator.ts';
import type { KeystoneSettings } from '../../../src/config/settings.ts';

export function keystoneSettings(url: string, some: Partial<KeystoneSettings> = {}): KeystoneSettings {
  return {
    authUrl: url,
    discoverVersion: true,
    login: {
      method: 'password',
      user: { name: 'placement', domain: { name: 'Default' } },
      password: 'the-password',
      scope: { kind: 'project', project: { name: 'service', domain: { name: 'Default' } } },
    },
    endpoint: { interface: 'internal', region: null },
    wwwAuthenticateUri: 'https://keystone.example.com/',
    serviceType: null,
    includeServiceCatalog: true,
    serviceTokenRoles: ['service'],
    serviceTokenRolesRequired: true,
    tokenCacheMs: 300_000,
    requestTimeoutMs: 2000,
    retriesMax: 3,
    tls: { caFile: null, certificateFile: null, keyFile: null, verify: true },
    ...some,
  };
}

export interface Asker {
  ask(headers: RequestHeaders, request?: RequestLine): Promise<AuthenticationResult>;
  /** 200, 401 or 503. */
  status(headers: RequestHeaders, request?: RequestLine): Promise<200 | 401 | 503>;
  /** The caller; fails the test when there is none. */
  caller(headers: RequestHeaders, request?: RequestLine): Promise<Caller>;
  readonly journal: readonly string[];
  /** Moves the clock. */
  pass(ms: number): void;
}

export const LIST_TRAITS: RequestLine = { method: 'GET', path: '/traits' };
const STATUS = { caller: 200, unauthorized: 401, unavailable: 503 } as const;

export function asker(url: string, some: Partial<KeystoneSettings> = {}): Asker {
  const journal: string[] = [];
  let passed = 0;
  const authenticator = createKeystoneAuthenticator({
    settings: keystoneSettings(url, some),
    journal: { warn: (text) => journal.push(`warn: ${text}`), error: (text) => journal.push(`error: ${text}`) },
    now: () => Date.now() + passed,
    firstPauseMs: 1,
  });
  const ask: Asker['ask'] = async (headers, request = LIST_TRAITS) => authenticator.authenticate(headers, request);
  return {
    ask,
    status: async (headers, request) => STATUS[(await ask(headers, request)).kind],
    caller: async (headers, request) => {
      const result = await ask(headers, request);
      if (result.kind !== 'caller') throw new Error(`refused: ${result.kind}: ${journal.join('; ')}`);
      return result.caller;
    },
    journal,
    pass: (ms) => {
      passed += ms;
    },
  };
}

/** Headers with a user's token. */
export const user = (token: string): RequestHeaders => ({ 'x-auth-token': token });
/** Headers with a user's and a service's token. */
export const withService = (token: string, service: string): RequestHeaders => ({
  'x-auth-token': token,
  'x-service-token': service,
});
