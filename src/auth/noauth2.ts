// `auth_strategy = noauth2` (operations §2.2): no check at all. The caller is whoever the headers say, which is what
// tests of policy need and why this mode listens on the loopback interface only (loopback.ts).

import type { AuthenticationResult, Authenticator, Caller, RequestHeaders } from './caller.ts';

export const noauth2: Authenticator = {
  authenticate(headers: RequestHeaders): AuthenticationResult {
    const token = header(headers, 'x-auth-token');
    return token === null ? UNAUTHORIZED : { kind: 'caller', caller: callerOf(token, headers) };
  },
};

/** The body of http-api §1.10: no `errors`, since it is made before the error format applies. */
const UNAUTHORIZED: AuthenticationResult = {
  kind: 'unauthorized',
  headers: { 'content-type': 'application/json' },
  body: {
    message:
      'This server could not verify that you are allowed to see what you asked for.<br /><br />\n' +
      'Authentication required\n\n',
    code: '401 Unauthorized',
    title: 'Unauthorized',
  },
};

function callerOf(token: string, headers: RequestHeaders): Caller {
  const { user, project } = splitToken(token);
  const systemScope = filled(headers, 'openstack-system-scope');
  const roles = header(headers, 'x-roles');
  return {
    userId: user,
    // The header wins, as it does where a proxy in front has validated the token.
    projectId: filled(headers, 'x-project-id') ?? (systemScope === null ? project : null),
    domainId: filled(headers, 'x-domain-id'),
    userDomainId: filled(headers, 'x-user-domain-id'),
    projectDomainId: filled(headers, 'x-project-domain-id'),
    systemScope,
    roles: roles === null ? (user === 'admin' ? ['admin'] : []) : splitRoles(roles),
    isAdminProject: (header(headers, 'x-is-admin-project') ?? 'true').trim().toLowerCase() === 'true',
    serviceUserId: filled(headers, 'x-service-user-id'),
    serviceProjectId: filled(headers, 'x-service-project-id'),
    serviceUserDomainId: filled(headers, 'x-service-user-domain-id'),
    serviceProjectDomainId: filled(headers, 'x-service-project-domain-id'),
    serviceRoles: splitRoles(header(headers, 'x-service-roles') ?? ''),
  };
}

/** `user[:project]`, split at the first colon; without a project, the user's name is the project's too. */
function splitToken(token: string): { readonly user: string; readonly project: string } {
  const colon = token.indexOf(':');
  const user = colon < 0 ? token : token.slice(0, colon);
  const project = colon < 0 ? '' : token.slice(colon + 1);
  return { user, project: project === '' ? user : project };
}

function splitRoles(text: string): readonly string[] {
  return text
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
}

/** A header's value; an empty one is a value. */
function header(headers: RequestHeaders, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(',');
}

function filled(headers: RequestHeaders, name: string): string | null {
  const value = header(headers, name);
  return value === '' ? null : value;
}
