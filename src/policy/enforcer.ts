// May this caller do this? The question every operation asks before it looks at anything else (operations §3).

import type { Caller } from '../auth/caller.ts';
import type { PolicyRule } from './rules.ts';

/** What the rule is checked against. Only `placement:usages` has a target that is not the caller (operations §3.3). */
export interface PolicyTarget {
  readonly project_id: string | null;
  readonly user_id?: string | null;
}

export interface PolicyEnforcer {
  /** Answers at once unless the rule asks another server. */
  allows(rule: PolicyRule, caller: Caller, target: PolicyTarget): boolean | Promise<boolean>;
}
