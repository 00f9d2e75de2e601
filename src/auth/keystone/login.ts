// The service's own login (operations §2.3): what is sent, and what is taken from the answer.

import type { KeystoneDomain, KeystoneLogin, KeystoneScope, KeystoneUser } from '../../config/settings.ts';
import type { KeystoneAnswer } from './client.ts';
import { listAt, recordAt, timeAt } from './json.ts';

/** The service's own token and what came with it. */
export interface ServiceSession {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly catalog: readonly unknown[];
}

/** The body of `POST /v3/auth/tokens`. */
export function loginBody(login: KeystoneLogin): unknown {
  switch (login.method) {
    case 'password':
      return {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { ...userReference(login.user), password: login.password } },
          },
          scope: scopeReference(login.scope),
        },
      };
    case 'application-credential':
      return applicationCredentialBody({ id: login.id, secret: login.secret });
    case 'named-application-credential':
      return applicationCredentialBody({
        name: login.name,
        user: userReference(login.user),
        secret: login.secret,
      });
  }
}

/** The session that a login's answer begins; null when it does not begin any. */
export function sessionOf(answer: KeystoneAnswer): ServiceSession | null {
  const token = answer.headers['x-subject-token'];
  const details = recordAt(answer.body, 'token');
  const expiresAt = timeAt(details, 'expires_at');
  if (typeof token !== 'string' || token === '' || expiresAt === null) return null;
  return { token, expiresAt, catalog: listAt(details, 'catalog') };
}

/** Without a scope: the credential has its own, and Keystone refuses another. */
function applicationCredentialBody(credential: unknown): unknown {
  return {
    auth: { identity: { methods: ['application_credential'], application_credential: credential } },
  };
}

/** Users and projects alike. */
function userReference(user: KeystoneUser): Readonly<Record<string, unknown>> {
  return 'id' in user ? { id: user.id } : { name: user.name, domain: domainReference(user.domain) };
}

function domainReference(domain: KeystoneDomain): Readonly<Record<string, string>> {
  return 'id' in domain ? { id: domain.id } : { name: domain.name };
}

function scopeReference(scope: KeystoneScope): unknown {
  switch (scope.kind) {
    case 'project':
      return { project: userReference(scope.project) };
    case 'domain':
      return { domain: domainReference(scope.domain) };
    case 'system':
      return { system: { all: true } };
    case 'trust':
      return { 'OS-TRUST:trust': { id: scope.trustId } };
  }
}
