// Development mode: whoever calls, with or without a token, may do everything. For trying Berth out on one's own machine.

import type { Authenticator, Caller } from './caller.ts';

const DEVELOPER: Caller = {
  userId: 'developer',
  projectId: 'development',
  domainId: null,
  userDomainId: null,
  projectDomainId: null,
  systemScope: null,
  // By default an admin may not reshape and a service may (operations §3.2): it takes both to do everything.
  roles: ['admin', 'service'],
  isAdminProject: true,
  serviceUserId: null,
  serviceProjectId: null,
  serviceUserDomainId: null,
  serviceProjectDomainId: null,
  serviceRoles: [],
};

export const development: Authenticator = {
  authenticate() {
    return { kind: 'caller', caller: DEVELOPER };
  },
};
