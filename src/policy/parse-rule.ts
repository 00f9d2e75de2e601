// The rule language of oslo.policy (operations §3.6), from text or list to a Check. Whatever cannot be understood does not
// let anybody in; parsing never throws.

import { type Check, parseTemplate } from './check.ts';

/** A rule as a policy file writes it: text, or a list (or) of checks and lists (and) of checks. Null is YAML's empty value. */
export type RuleText = string | null | readonly RuleListItem[];
export type RuleListItem = string | null | readonly (string | null)[];

/** What the rule means, and what in it can never pass because it could not be understood. */
export interface ParsedRule {
  readonly check: Check;
  readonly problems: readonly string[];
}

const ALWAYS: Check = { kind: 'always' };
const NEVER: Check = { kind: 'never' };

export function parseRule(rule: RuleText): ParsedRule {
  const problems: string[] = [];
  const check = typeof rule === 'string' ? parseText(rule, problems) : parseList(rule ?? [], problems);
  return { check, problems };
}

/** The outer list is *or*, inner lists are *and*. Nothing at all lets everybody in; nothing but empty lists, nobody. */
function parseList(items: readonly RuleListItem[], problems: string[]): Check {
  if (items.length === 0) return ALWAYS;
  const alternatives = items
    .map((item) => (typeof item === 'string' ? (item === '' ? [] : [item]) : (item ?? [])))
    .filter((item) => item.length > 0)
    .map((item) => all(item.map((text) => parseCheck(text ?? '', problems))));
  return alternatives.length === 0 ? NEVER : any(alternatives);
}

function parseText(text: string, problems: string[]): Check {
  if (text === '') return ALWAYS;
  const tokens = tokenize(text);
  const checkProblems: string[] = [];
  const parser = new ExpressionParser(tokens, checkProblems);
  const check = parser.parse();
  if (check === null) {
    problems.push('cannot be parsed and lets nobody in');
    return NEVER;
  }
  problems.push(...checkProblems);
  return check;
}

type Token = { readonly kind: '(' | ')' | 'and' | 'or' | 'not' } | { readonly kind: 'check'; readonly text: string };

/** Pieces between white space; parentheses at their ends are tokens, those inside, as in `%(project_id)s`, are not. */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const piece of text.split(/\s+/).filter((each) => each !== '')) {
    const opening = /^\(*/.exec(piece)?.[0].length ?? 0;
    const inner = piece.slice(opening);
    const core = withoutClosing(inner);
    for (let count = 0; count < opening; count++) tokens.push({ kind: '(' });
    if (core !== '') tokens.push(toToken(core));
    for (let count = core.length; count < inner.length; count++) tokens.push({ kind: ')' });
  }
  return tokens;
}

function withoutClosing(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ')') end--;
  return text.slice(0, end);
}

function toToken(text: string): Token {
  const word = text.toLowerCase();
  return word === 'and' || word === 'or' || word === 'not' ? { kind: word } : { kind: 'check', text };
}

/** How deep parentheses and `not` may be nested, so that a hostile file cannot exhaust the stack. */
const DEPTH_MAX = 200;

/** Recursive descent over the grammar of §3.6: `or` binds weakest, `not` strongest. */
class ExpressionParser {
  readonly #tokens: readonly Token[];
  readonly #problems: string[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], problems: string[]) {
    this.#tokens = tokens;
    this.#problems = problems;
  }

  /** The whole of the tokens as one expression, or null. */
  parse(): Check | null {
    const check = this.#or();
    return this.#position === this.#tokens.length ? check : null;
  }

  #or(): Check | null {
    return this.#chain('or', () => this.#chain('and', () => this.#not(), all), any);
  }

  #chain(operator: 'and' | 'or', operand: () => Check | null, join: (checks: readonly Check[]) => Check): Check | null {
    const checks: Check[] = [];
    do {
      const check = operand();
      if (check === null) return null;
      checks.push(check);
    } while (this.#take(operator));
    return join(checks);
  }

  #not(): Check | null {
    const token = this.#tokens[this.#position];
    if (token === undefined) return null;
    this.#position++;
    switch (token.kind) {
      case 'check':
        return parseQuotable(token.text, this.#problems);
      case 'not': {
        const check = this.#nested(() => this.#not());
        return check === null ? null : { kind: 'not', check };
      }
      case '(': {
        const check = this.#nested(() => this.#or());
        return this.#take(')') ? check : null;
      }
      case ')':
      case 'and':
      case 'or':
        return null;
    }
  }

  #nested(parse: () => Check | null): Check | null {
    if (this.#depth === DEPTH_MAX) return null;
    this.#depth++;
    const check = parse();
    this.#depth--;
    return check;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#position]?.kind !== kind) return false;
    this.#position++;
    return true;
  }
}

function parseQuotable(text: string, problems: string[]): Check {
  const quote = text[0];
  if (text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)) {
    return broken(`${text} stands where a check should`, problems);
  }
  return parseCheck(text, problems);
}

/** One check, `@`, `!` or `kind:match`, split at the first colon. */
function parseCheck(text: string, problems: string[]): Check {
  if (text === '@') return ALWAYS;
  if (text === '!') return NEVER;
  const colon = text.indexOf(':');
  if (colon < 0) {
    problems.push(`'${text}' is not a check, which would be kind:match, and never passes`);
    return NEVER;
  }
  const kind = text.slice(0, colon);
  const matchText = text.slice(colon + 1);
  if (kind === 'rule') return { kind: 'rule', name: matchText };
  const match = parseTemplate(matchText);
  if (match === null) return broken(`'${text}' has a % that begins neither %(name)s nor %%`, problems);
  if (kind === 'role') return { kind: 'role', match };
  if (kind === 'http' || kind === 'https') return { kind: 'remote', url: [`${kind}:`, ...match], urlText: text };
  const literal = literalText(kind);
  if (literal !== null) return { kind: 'literal', text: literal, match };
  // `foo-bar` is a difference of two names to Python, of which none is an attribute: false without being wrong.
  if (/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(kind)) return { kind: 'attribute', path: kind.split('.'), match };
  return broken(`'${text}' compares with something that is no name`, problems);
}

/** What Python would print for a literal: True, False, None, numbers and plain strings; null for anything else. */
function literalText(kind: string): string | null {
  if (kind === 'True' || kind === 'False' || kind === 'None') return kind;
  if (/^-?(0|[1-9][0-9]*)$/.test(kind)) return kind === '-0' ? '0' : kind;
  if (/^-?[0-9]{1,15}\.[0-9]{1,15}$/.test(kind)) {
    const value = Number(kind);
    return Number.isInteger(value) ? value.toFixed(1) : String(value);
  }
  const quoted = /^(["'])([^"'\\]*)\1$/.exec(kind);
  return quoted?.[2] ?? null;
}

function broken(reason: string, problems: string[]): Check {
  problems.push(`${reason}; it never passes`);
  return { kind: 'broken' };
}

function all(checks: readonly Check[]): Check {
  const [only] = checks;
  return checks.length === 1 && only !== undefined ? only : { kind: 'and', checks };
}

function any(checks: readonly Check[]): Check {
  const [only] = checks;
  return checks.length === 1 && only !== undefined ? only : { kind: 'or', checks };
}
