// What a check answers for a caller and a target (operations §3.6). There is a third answer beside pass and fail: what
// cannot be worked out is `broken`, refuses in the end, and is not turned into a pass by `not`.

import type { Caller } from '../auth/caller.ts';
import type { Check, Template } from './check.ts';
import type { PolicyTarget } from './enforcer.ts';

export type Verdict = 'pass' | 'fail' | 'broken';

type AttributeValue = string | boolean | null | readonly string[];

/** What is asked of the server of an `http:` check. */
export interface RemoteQuestion {
  readonly rule: string;
  readonly target: Readonly<Record<string, string | null>>;
  readonly credentials: Readonly<Record<string, AttributeValue>>;
}

export interface Evaluation {
  /** The check of a rule, the default rule's if there is none of that name, or null. */
  readonly findRule: (name: string) => Check | null;
  /** The operation's rule, which `http:` checks are told. */
  readonly rule: string;
  readonly caller: Caller;
  readonly target: PolicyTarget;
  /** Never rejects. `urlText` is the URL as the policy file has it, for messages. */
  readonly askRemote: (url: string, urlText: string, question: RemoteQuestion) => Promise<Verdict>;
}

/** How many rules may refer to each other in a row. */
const RULE_DEPTH_MAX = 100;

/** A verdict, at once unless another server is asked. */
type Answer = Verdict | Promise<Verdict>;

export function evaluate(check: Check, evaluation: Evaluation): Answer {
  return verdictOf(check, evaluation, []);
}

/** `path`: the rules that led here. One that comes up again is a circle. */
function verdictOf(check: Check, evaluation: Evaluation, path: readonly string[]): Answer {
  switch (check.kind) {
    case 'always':
      return 'pass';
    case 'never':
      return 'fail';
    case 'broken':
      return 'broken';
    case 'not':
      return followedBy(verdictOf(check.check, evaluation, path), negated);
    case 'and':
      return firstOrWorst(check.checks, { decisive: 'fail', without: 'pass' }, evaluation, path);
    case 'or':
      return firstOrWorst(check.checks, { decisive: 'pass', without: 'fail' }, evaluation, path);
    case 'rule': {
      if (path.includes(check.name) || path.length >= RULE_DEPTH_MAX) return 'broken';
      const rule = evaluation.findRule(check.name);
      return rule === null ? 'fail' : verdictOf(rule, evaluation, [...path, check.name]);
    }
    case 'role': {
      const wanted = fill(check.match, evaluation.target)?.toLowerCase();
      return verdict(evaluation.caller.roles.some((role) => role.trim().toLowerCase() === wanted));
    }
    case 'remote': {
      const url = fill(check.url, evaluation.target);
      return url === null ? 'fail' : evaluation.askRemote(url, check.urlText, question(evaluation));
    }
    case 'literal':
      return verdict(fill(check.match, evaluation.target) === check.text);
    case 'attribute': {
      const [name = '', ...further] = check.path;
      const value = attributes(evaluation.caller).get(name);
      const wanted = fill(check.match, evaluation.target);
      if (value === undefined || wanted === null) return 'fail';
      // No attribute has anything inside that a dot could lead to.
      if (further.length > 0) return 'broken';
      return verdict(texts(value).includes(wanted));
    }
  }
}

/**
 * *And* and *or* in one: the `decisive` verdict wins at once; `without` it, anything broken leaves the answer open.
 */
function firstOrWorst(
  checks: readonly Check[],
  verdicts: { readonly decisive: Verdict; readonly without: Verdict },
  evaluation: Evaluation,
  path: readonly string[],
): Answer {
  const [first, ...others] = checks;
  if (first === undefined) return verdicts.without;
  return followedBy(verdictOf(first, evaluation, path), (each) => {
    if (each === verdicts.decisive) return each;
    const without = each === 'broken' ? each : verdicts.without;
    return firstOrWorst(others, { ...verdicts, without }, evaluation, path);
  });
}

function followedBy(answer: Answer, next: (verdict: Verdict) => Answer): Answer {
  return typeof answer === 'string' ? next(answer) : answer.then(next);
}

function negated(each: Verdict): Verdict {
  switch (each) {
    case 'pass':
      return 'fail';
    case 'fail':
      return 'pass';
    case 'broken':
      return 'broken';
  }
}

function verdict(passes: boolean): Verdict {
  return passes ? 'pass' : 'fail';
}

/** The template with the target's values, or null where the target lacks a name. */
function fill(template: Template, target: PolicyTarget): string | null {
  const values = targetValues(target);
  let text = '';
  for (const part of template) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = values.get(part.name);
    if (value === undefined) return null;
    text += value ?? 'None';
  }
  return text;
}

function targetValues(target: PolicyTarget): ReadonlyMap<string, string | null> {
  const values = new Map<string, string | null>([['project_id', target.project_id]]);
  if (target.user_id !== undefined) values.set('user_id', target.user_id);
  return values;
}

/** The caller as rules name it (operations §2.11). */
function attributes(caller: Caller): ReadonlyMap<string, AttributeValue> {
  return new Map<string, AttributeValue>([
    ['user_id', caller.userId],
    ['project_id', caller.projectId],
    ['domain_id', caller.domainId],
    ['user_domain_id', caller.userDomainId],
    ['project_domain_id', caller.projectDomainId],
    ['system_scope', caller.systemScope],
    ['system', caller.systemScope],
    ['roles', caller.roles],
    ['is_admin_project', caller.isAdminProject],
    ['service_user_id', caller.serviceUserId],
    ['service_project_id', caller.serviceProjectId],
    ['service_user_domain_id', caller.serviceUserDomainId],
    ['service_project_domain_id', caller.serviceProjectDomainId],
    ['service_roles', caller.serviceRoles],
  ]);
}

/** How Python would print a value; a list is as good as any of its elements. */
function texts(value: AttributeValue): readonly string[] {
  if (value === null) return ['None'];
  if (typeof value === 'boolean') return [value ? 'True' : 'False'];
  return typeof value === 'string' ? [value] : value;
}

function question(evaluation: Evaluation): RemoteQuestion {
  return {
    rule: evaluation.rule,
    target: Object.fromEntries(targetValues(evaluation.target)),
    credentials: Object.fromEntries(attributes(evaluation.caller)),
  };
}
