// Callers and enforcers for tests of policy.

import type { TestContext } from 'node:test';
import type { Caller } from '../../src/auth/caller.ts';
import { createPolicyEnforcer, type PolicyEnforcerOptions } from '../../src/policy/create-enforcer.ts';
import type { PolicyEnforcer } from '../../src/policy/enforcer.ts';
import type { RemoteCheckOptions } from '../../src/policy/remote-check.ts';
import { makeDirectory } from '../config/directory.ts';

export function caller(some: Partial<Caller> = {}): Caller {
  return {
    userId: 'u',
    projectId: 'p',
    domainId: null,
    userDomainId: null,
    projectDomainId: null,
    systemScope: null,
    roles: [],
    isAdminProject: true,
    serviceUserId: null,
    serviceProjectId: null,
    serviceUserDomainId: null,
    serviceProjectDomainId: null,
    serviceRoles: [],
    ...some,
  };
}

export const remote: RemoteCheckOptions = {
  contentType: 'application/x-www-form-urlencoded',
  verifyServerCertificate: false,
  caFile: null,
  clientCertificateFile: null,
  clientKeyFile: null,
  timeoutMs: 5000,
};

export interface TestEnforcer extends PolicyEnforcer {
  /** Whether `placement:traits:list` is allowed to a caller with this role in project `p`. */
  admits(role: string): Promise<boolean>;
  readonly trouble: readonly string[];
  readonly directory: string;
}

/** An enforcer over a directory with these files, where relative names are looked for. */
export async function enforcerWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  some: Partial<PolicyEnforcerOptions> = {},
): Promise<TestEnforcer> {
  const directory = makeDirectory(t, files);
  const trouble: string[] = [];
  const options: PolicyEnforcerOptions = {
    enforceScope: true,
    enforceNewDefaults: true,
    policyFile: 'policy.yaml',
    policyFileFallback: 'policy.json',
    policyDirs: ['policy.d'],
    searchDirectories: [directory],
    defaultRule: 'default',
    remote,
    ...some,
  };
  const enforcer = await createPolicyEnforcer(options, (message) => trouble.push(message));
  const target = { project_id: 'p', user_id: 'u' };
  return {
    allows: (rule, who, what) => enforcer.allows(rule, who, what),
    admits: async (role) => enforcer.allows('placement:traits:list', caller({ roles: [role] }), target),
    trouble,
    directory,
  };
}

/** Longer than an enforcer waits between two looks at its files. */
export function untilNextLook(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
