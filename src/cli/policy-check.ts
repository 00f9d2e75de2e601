// `berth policy check`: what the policy in force lets a caller do, route by route. Nobody is asked and nothing is
// contacted but the servers of `http:` checks, if rules have any.

import { parseArgs } from 'node:util';
import type { Caller } from '../auth/caller.ts';
import type { Operation } from '../http/operation.ts';
import { allOperations } from '../http/routes/index.ts';
import { versionDocument } from '../http/version-document.ts';
import { createPolicyEnforcer } from '../policy/create-enforcer.ts';
import { CONFIGURATION_FLAGS, loadConfiguration } from './configuration.ts';
import { leftTable } from './text-table.ts';

const FLAGS = {
  ...CONFIGURATION_FLAGS,
  roles: { type: 'string' },
  project: { type: 'string' },
  user: { type: 'string' },
  domain: { type: 'string' },
  'system-scope': { type: 'string' },
  'target-project': { type: 'string' },
} as const;

/** The operation whose target is not the caller (operations §3.3). */
const USAGES = 'placement:usages';

/** Prints the table, and to standard error what is wrong with the policy files. */
export async function policyCheckCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: FLAGS });
  const { settings } = loadConfiguration(values);
  const caller = callerOf(values);
  const policy = await createPolicyEnforcer(settings.policy, (trouble) => process.stderr.write(`berth: ${trouble}\n`));
  const rows: string[][] = [];
  for (const { method, path, rule } of routes()) {
    const target =
      rule === USAGES
        ? { project_id: values['target-project'] ?? caller.projectId }
        : { project_id: caller.projectId, user_id: caller.userId };
    const allowed = rule === null || (await policy.allows(rule, caller, target));
    rows.push([`${method} ${path}`, rule ?? '(open to everyone)', allowed ? 'yes' : 'no']);
  }
  process.stdout.write(leftTable(['Route', 'Rule', 'Allowed'], rows));
  return 0;
}

/** Every route once, in the order of the API's reference; a route that microversions have changed keeps its rule. */
export function routes(): readonly Pick<Operation, 'method' | 'path' | 'rule'>[] {
  // A table of routes asks nothing of its service until a request comes.
  const operations: readonly Operation[] = [versionDocument, ...allOperations(Object.create(null))];
  return [...new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation])).values()];
}

interface CallerWords {
  readonly roles?: string | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
  readonly domain?: string | undefined;
  readonly 'system-scope'?: string | undefined;
}

function callerOf(words: CallerWords): Caller {
  return {
    userId: words.user ?? null,
    projectId: words.project ?? null,
    domainId: words.domain ?? null,
    userDomainId: null,
    projectDomainId: null,
    systemScope: words['system-scope'] ?? null,
    roles: (words.roles ?? '')
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== ''),
    isAdminProject: true,
    serviceUserId: null,
    serviceProjectId: null,
    serviceUserDomainId: null,
    serviceProjectDomainId: null,
    serviceRoles: [],
  };
}
