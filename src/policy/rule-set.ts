// All rules in force: those of policy files, and for every name that they leave out the default (operations §3.5, §3.7).

import { type Check, referencedRules } from './check.ts';
import { DEFAULT_RULES, DEPRECATED_RULE_NAME, type DefaultRule } from './default-rules.ts';
import { parseRule, type RuleText } from './parse-rule.ts';

export interface RuleSetOptions {
  /** False: deprecated defaults let callers in as well. */
  readonly enforceNewDefaults: boolean;
  /** Stands in for a rule that does not exist, if a file defines it. */
  readonly defaultRule: string;
}

export interface RuleSet {
  /** The check of that name, else that of the default rule, else null. */
  find(name: string): Check | null;
  /** What the operator should know about the files; one line each. */
  readonly warnings: readonly string[];
}

/** Makes the rules in force from what the policy files say. */
export function buildRuleSet(fileRules: ReadonlyMap<string, RuleText>, options: RuleSetOptions): RuleSet {
  const warnings: string[] = [];
  const checks = new Map<string, Check>();
  for (const rule of DEFAULT_RULES) checks.set(rule.name, defaultCheck(rule, options.enforceNewDefaults));

  for (const [name, text] of fileRules) {
    const { check, problems } = parseRule(text);
    checks.set(name, check);
    for (const problem of problems) warnings.push(`policy rule ${name}: ${problem}`);
  }
  replaceDeprecated(checks, fileRules);

  const standIn = fileRules.has(options.defaultRule) ? (checks.get(options.defaultRule) ?? null) : null;
  const find = (name: string) => checks.get(name) ?? standIn;
  warnings.push(
    ...sameAsDefault(fileRules),
    ...unknownOperations(fileRules),
    ...undefinedReferences(fileRules, checks, find),
    ...circles(checks, find),
  );
  return { find, warnings };
}

function defaultCheck({ text, deprecatedText }: DefaultRule, enforceNewDefaults: boolean): Check {
  const { check } = parseRule(text);
  if (enforceNewDefaults || deprecatedText === null) return check;
  return { kind: 'or', checks: [check, parseRule(deprecatedText).check] };
}

/** A file that defines the deprecated name replaces every rule that has a deprecated default and is not in a file itself. */
function replaceDeprecated(checks: Map<string, Check>, fileRules: ReadonlyMap<string, RuleText>): void {
  const replacement = fileRules.has(DEPRECATED_RULE_NAME) ? checks.get(DEPRECATED_RULE_NAME) : undefined;
  if (replacement === undefined) return;
  for (const { name, deprecatedText } of DEFAULT_RULES) {
    if (deprecatedText !== null && !fileRules.has(name)) checks.set(name, replacement);
  }
}

function sameAsDefault(fileRules: ReadonlyMap<string, RuleText>): readonly string[] {
  const names = DEFAULT_RULES.filter(({ name, text }) => fileRules.get(name) === text).map(({ name }) => name);
  return names.length === 0 ? [] : [`policy rules that only repeat the default: ${names.join(', ')}`];
}

const OPERATION_PREFIX = 'placement:';

/** A misspelt name would leave the default in force without a word. */
function unknownOperations(fileRules: ReadonlyMap<string, RuleText>): readonly string[] {
  const known = new Set(DEFAULT_RULES.map(({ name }) => name));
  const names = [...fileRules.keys()].filter((name) => name.startsWith(OPERATION_PREFIX) && !known.has(name));
  return names.length === 0 ? [] : [`policy rules that no operation asks for: ${names.join(', ')}`];
}

function undefinedReferences(
  fileRules: ReadonlyMap<string, RuleText>,
  checks: ReadonlyMap<string, Check>,
  find: (name: string) => Check | null,
): readonly string[] {
  return [...fileRules.keys()].flatMap((name) => {
    const check = checks.get(name);
    const missing = check === undefined ? [] : referencedRules(check).filter((each) => find(each) === null);
    return missing.map((each) => `policy rule ${name} refers to ${each}, which does not exist; that never passes`);
  });
}

/** One line for each circle of references. Walks without recursion: a file may be as deep as it likes. */
function circles(checks: ReadonlyMap<string, Check>, find: (name: string) => Check | null): readonly string[] {
  const warnings: string[] = [];
  const done = new Set<string>();
  for (const start of checks.keys()) {
    const path: { readonly name: string; readonly next: string[] }[] = [];
    const enter = (name: string) => {
      const check = find(name);
      path.push({ name, next: check === null ? [] : [...referencedRules(check)] });
    };
    if (!done.has(start)) enter(start);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.next.pop();
      if (next === undefined) {
        done.add(last.name);
        path.pop();
        continue;
      }
      const from = path.findIndex(({ name }) => name === next);
      if (from >= 0) {
        const names = [...path.slice(from).map(({ name }) => name), next];
        warnings.push(`policy rules refer to each other in a circle, which never passes: ${names.join(' → ')}`);
      } else if (!done.has(next)) {
        enter(next);
      }
    }
  }
  return warnings;
}
