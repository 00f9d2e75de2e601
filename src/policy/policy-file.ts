// One policy file: YAML (and so JSON), a mapping of rule names to rules (operations §3.7).

import { isScalar, parseDocument, visit } from 'yaml';
import type { RuleListItem, RuleText } from './parse-rule.ts';

/** A policy file that cannot be used. The message names the file and says what is wrong. */
export class PolicyFileError extends Error {
  constructor(path: string, reason: string) {
    super(`policy file ${path}: ${reason.replace(/\s*\n\s*/g, ' ').trim()}`);
    this.name = 'PolicyFileError';
  }
}

export interface PolicyFile {
  readonly rules: ReadonlyMap<string, RuleText>;
  readonly warnings: readonly string[];
}

/** Reads the text of a policy file. Throws PolicyFileError. */
export function parsePolicyFile(text: string, path: string): PolicyFile {
  const warnings: string[] = [];
  const content = parseYaml(text, path, warnings);
  if (content === null || content === undefined) return { rules: new Map(), warnings };
  if (!(content instanceof Map)) throw new PolicyFileError(path, 'a mapping of rule names to rules is expected');
  const rules = new Map<string, RuleText>();
  for (const [name, rule] of content) {
    if (!isRuleText(rule)) {
      throw new PolicyFileError(
        path,
        `rule ${String(name)} must be text, a list of texts and of lists of texts, or empty`,
      );
    }
    rules.set(String(name), rule);
  }
  return { rules, warnings };
}

function parseYaml(text: string, path: string, warnings: string[]): unknown {
  // Of a name written twice the later one holds, as in Python's parsers of YAML and JSON.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw new PolicyFileError(path, error.message);
  // A bare `!` is the empty text with a tag to YAML, and an empty rule lets everybody in: the contrary of what was meant.
  visit(document, (_key, node) => {
    if (!isScalar(node) || node.tag !== '!' || node.value !== '') return;
    node.value = '!';
    warnings.push(`policy file ${path}: a bare ! is taken for "!", which lets nobody in; put it in quotes`);
  });
  try {
    return document.toJS({ mapAsMap: true });
  } catch (toJsError) {
    throw new PolicyFileError(path, toJsError instanceof Error ? toJsError.message : String(toJsError));
  }
}

function isRuleText(value: unknown): value is RuleText {
  return isTextOrEmpty(value) || (Array.isArray(value) && value.every(isListItem));
}

function isListItem(value: unknown): value is RuleListItem {
  return isTextOrEmpty(value) || (Array.isArray(value) && value.every(isTextOrEmpty));
}

function isTextOrEmpty(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
