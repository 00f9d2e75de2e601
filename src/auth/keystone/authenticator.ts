// `auth_strategy = keystone`: who is calling, by the tokens that came along (operations §2.6, §2.8, §2.10).

import type { KeystoneSettings } from '../../config/settings.ts';
import type { AuthenticationResult, Authenticator, Caller, RequestHeaders, RequestLine } from '../caller.ts';
import { someRuleAllows } from './access-rules.ts';
import { KeystoneClient } from './client.ts';
import { ServiceLogin } from './service-login.ts';
import { readTlsFiles } from './tls.ts';
import type { ValidatedToken } from './token.ts';
import { TokenQuestion } from './token-question.ts';
import { TokenValidator } from './token-validator.ts';
import { type Journal, KeystoneTrouble, quietJournal } from './trouble.ts';

export interface KeystoneParts {
  readonly settings: KeystoneSettings;
  readonly journal: Journal;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Before the first further attempt after a connection failure. */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 500;

/** Makes the authenticator; nothing is contacted yet. Throws StartRefusedError when files of TLS cannot be used. */
export function createKeystoneAuthenticator(parts: KeystoneParts): Authenticator {
  const { settings, now = Date.now, firstPauseMs = FIRST_PAUSE_MS } = parts;
  const journal = quietJournal(parts.journal, now);
  const client = new KeystoneClient(settings.requestTimeoutMs, readTlsFiles(settings.tls));
  const login = new ServiceLogin(client, settings, now);
  const question = new TokenQuestion(client, login, {
    retriesMax: settings.retriesMax,
    firstPauseMs,
    // Only access rules need it, and they let nobody in where the service does not know its own type.
    withCatalog: settings.includeServiceCatalog && settings.serviceType !== null,
  });
  const validator = new TokenValidator({
    ask: (token, allowExpired) => question.ask(token, allowExpired),
    cacheMs: settings.tokenCacheMs,
    now,
  });
  const refused = unauthorized(settings.wwwAuthenticateUri);
  let warnedAboutRoles = false;

  async function callerOf(headers: RequestHeaders, request: RequestLine): Promise<Caller | null> {
    const userToken = tokenIn(headers, 'x-auth-token') ?? tokenIn(headers, 'x-storage-token');
    if (userToken === null) return null;
    const serviceToken = tokenIn(headers, 'x-service-token');
    if (serviceToken === null) {
      const user = await validator.validate(userToken, false);
      return user === null || !mayAccess(user, request, false) ? null : caller(user, null);
    }
    // A bad service token spoils the request, however good the user's is.
    const service = await validator.validate(serviceToken, false);
    if (service === null) return null;
    const isRealService = service.roles.some((role) => settings.serviceTokenRoles.includes(role));
    if (!isRealService) {
      if (settings.serviceTokenRolesRequired) return null;
      warnAboutRoles();
    }
    const user = await validator.validate(userToken, isRealService);
    return user === null || !mayAccess(user, request, true) ? null : caller(user, service);
  }

  function mayAccess({ access }: ValidatedToken, request: RequestLine, withService: boolean): boolean {
    const { serviceType } = settings;
    if (access === null) return true;
    if (serviceType === null || !access.serviceTypes.includes(serviceType)) return false;
    return withService || someRuleAllows(access.rules, serviceType, request);
  }

  function warnAboutRoles(): void {
    if (warnedAboutRoles) return;
    warnedAboutRoles = true;
    journal.warn(
      'a service token without any of [keystone_authtoken] service_token_roles was let in, ' +
        'since service_token_roles_required is false',
    );
  }

  return {
    async authenticate(headers, request) {
      try {
        const found = await callerOf(headers, request);
        return found === null ? refused : { kind: 'caller', caller: found };
      } catch (error) {
        if (!(error instanceof KeystoneTrouble)) throw error;
        journal.error(`tokens cannot be validated: ${error.message}`);
        return UNAVAILABLE;
      }
    },
  };
}

/** The user of the user's token; of the service's, what policy may ask for by `service_` names. */
function caller(user: ValidatedToken, service: ValidatedToken | null): Caller {
  return {
    userId: user.userId,
    projectId: user.projectId,
    domainId: user.domainId,
    userDomainId: user.userDomainId,
    projectDomainId: user.projectDomainId,
    systemScope: user.systemScope,
    roles: user.roles,
    isAdminProject: user.isAdminProject,
    serviceUserId: service?.userId ?? null,
    serviceProjectId: service?.projectId ?? null,
    serviceUserDomainId: service?.userDomainId ?? null,
    serviceProjectDomainId: service?.projectDomainId ?? null,
    serviceRoles: service?.roles ?? [],
  };
}

/** A header's token without white space around it; null when there is none. */
function tokenIn(headers: RequestHeaders, name: string): string | null {
  const value = headers[name];
  const token = (typeof value === 'string' ? value : (value ?? []).join(',')).trim();
  return token === '' ? null : token;
}

function unauthorized(wwwAuthenticateUri: string): AuthenticationResult {
  return {
    kind: 'unauthorized',
    headers: { 'content-type': 'application/json', 'www-authenticate': `Keystone uri="${wwwAuthenticateUri}"` },
    body: {
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    },
  };
}

const UNAVAILABLE: AuthenticationResult = {
  kind: 'unavailable',
  headers: { 'content-type': 'application/json' },
  body: {
    message:
      'The server is currently unavailable. Please try again at a later time.<br /><br />\n' +
      'The Keystone service is temporarily unavailable.\n\n',
    code: '503 Service Unavailable',
    title: 'Service Unavailable',
  },
};
