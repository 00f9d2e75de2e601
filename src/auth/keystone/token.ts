// What is used of Keystone's answer about a token (operations §2.5). The token itself is not part of it, so that nothing
// that is remembered can be used to call anyone.

import type { AccessRule } from './access-rules.ts';
import { serviceTypes } from './catalog.ts';
import { isRecord, type JsonRecord, listAt, recordAt, textAt, timeAt } from './json.ts';

export interface ValidatedToken {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly userId: string;
  readonly userDomainId: string | null;
  readonly projectId: string | null;
  readonly projectDomainId: string | null;
  readonly domainId: string | null;
  /** `all`, or null. */
  readonly systemScope: string | null;
  readonly roles: readonly string[];
  readonly isAdminProject: boolean;
  readonly access: RestrictedAccess | null;
}

/** An application credential that may be used for some requests only. */
export interface RestrictedAccess {
  readonly rules: readonly AccessRule[];
  /** Types of the services in the token's catalog. */
  readonly serviceTypes: readonly string[];
}

/** Takes the body of a validation apart. Null when there is no usable v3 token in it. */
export function readValidatedToken(body: unknown): ValidatedToken | null {
  const token = recordAt(body, 'token');
  const user = recordAt(token, 'user');
  const userId = textAt(user, 'id');
  const expiresAt = timeAt(token, 'expires_at');
  if (token === null || userId === null || userId === '' || expiresAt === null) return null;
  const roles = rolesOf(token);
  const access = accessOf(token);
  if (roles === null || access === undefined) return null;
  const project = recordAt(token, 'project');
  return {
    expiresAt,
    userId,
    userDomainId: textAt(recordAt(user, 'domain'), 'id'),
    projectId: textAt(project, 'id'),
    projectDomainId: textAt(recordAt(project, 'domain'), 'id'),
    domainId: textAt(recordAt(token, 'domain'), 'id'),
    systemScope: recordAt(token, 'system')?.all === true ? 'all' : null,
    roles,
    isAdminProject: token.is_admin_project !== false,
    access,
  };
}

/** Names of the roles; an unscoped token has none. Null when they cannot be read. */
function rolesOf(token: JsonRecord): readonly string[] | null {
  if (token.roles === undefined) return [];
  if (!Array.isArray(token.roles)) return null;
  const names = token.roles.map((role) => textAt(role, 'name')).filter((name) => name !== null);
  return names.length === token.roles.length ? names : null;
}

/** Null: not restricted. Undefined: restricted in a way that cannot be read. */
function accessOf(token: JsonRecord): RestrictedAccess | null | undefined {
  const rules = recordAt(token, 'application_credential')?.access_rules;
  if (rules === undefined || rules === null) return null;
  if (!Array.isArray(rules)) return undefined;
  return { rules: rules.filter(isAccessRule), serviceTypes: serviceTypes(listAt(token, 'catalog')) };
}

/** One that cannot be read allows nothing. */
function isAccessRule(rule: unknown): rule is AccessRule {
  return (
    isRecord(rule) &&
    typeof rule.service === 'string' &&
    typeof rule.method === 'string' &&
    typeof rule.path === 'string'
  );
}
