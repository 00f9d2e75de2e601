// What every rule says unless a policy file says otherwise (operations §3.1), and the scopes that go with the operations:
// those belong to the code, and no file changes them (§3.4).

import { POLICY_RULES } from './rules.ts';

export interface DefaultRule {
  readonly name: string;
  readonly text: string;
  /** Lets callers in as well while `enforce_new_defaults` is off (§3.5). */
  readonly deprecatedText: string | null;
}

const DEPRECATED = 'role:admin';

/**
 * The name, prefix included, under which the deprecated default of every named rule is known. A policy file that defines
 * a rule of this very name replaces those rules (§3.5).
 */
export const DEPRECATED_RULE_NAME = 'rule:admin_api';

const NAMED_RULES: readonly DefaultRule[] = [
  // No default refers to it any more, but files of operators do.
  { name: 'admin_api', text: 'role:admin', deprecatedText: null },
  { name: 'service_api', text: 'role:service', deprecatedText: DEPRECATED },
  { name: 'admin_or_service_api', text: 'role:admin or role:service', deprecatedText: DEPRECATED },
  {
    name: 'project_reader_api',
    text: 'role:reader and project_id:%(project_id)s',
    deprecatedText: DEPRECATED,
  },
  {
    name: 'admin_or_project_reader_or_service_api',
    text: 'role:admin or rule:project_reader_api or role:service',
    deprecatedText: DEPRECATED,
  },
];

const OTHER_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['placement:usages', 'rule:admin_or_project_reader_or_service_api'],
  ['placement:reshaper:reshape', 'rule:service_api'],
]);

export const DEFAULT_RULES: readonly DefaultRule[] = [
  ...NAMED_RULES,
  ...POLICY_RULES.map((name) => ({
    name,
    text: OTHER_OPERATIONS.get(name) ?? 'rule:admin_or_service_api',
    deprecatedText: null,
  })),
];

export type Scope = 'system' | 'domain' | 'project';

/** The scopes that every operation of the API allows. */
export const ALLOWED_SCOPES: readonly Scope[] = ['project'];
