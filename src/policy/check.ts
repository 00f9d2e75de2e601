// Rules after parsing, as plain data. What evaluating them means is in evaluate.ts.

export type Check =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  /** Something that no answer can be worked out for; refuses, and `not` does not turn that round. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'not'; readonly check: Check }
  | { readonly kind: 'and'; readonly checks: readonly Check[] }
  | { readonly kind: 'or'; readonly checks: readonly Check[] }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'role'; readonly match: Template }
  | { readonly kind: 'remote'; readonly url: Template; readonly urlText: string }
  /** Passes when `text` equals the match: the left side is a literal of Python. */
  | { readonly kind: 'literal'; readonly text: string; readonly match: Template }
  | { readonly kind: 'attribute'; readonly path: readonly string[]; readonly match: Template };

/** Text with `%(name)s` in it: literal parts, and names that are filled in from the target. */
export type Template = readonly (string | { readonly name: string })[];

/** The template, or null when a `%` in the text does not begin `%(name)s` or `%%`. */
export function parseTemplate(text: string): Template | null {
  const parts: (string | { readonly name: string })[] = [];
  let rest = text;
  while (rest !== '') {
    const percent = rest.indexOf('%');
    if (percent < 0) return [...parts, rest];
    if (percent > 0) parts.push(rest.slice(0, percent));
    rest = rest.slice(percent);
    const placeholder = /^%\(([^()]*)\)s/.exec(rest);
    if (placeholder?.[1] !== undefined) {
      parts.push({ name: placeholder[1] });
      rest = rest.slice(placeholder[0].length);
    } else if (rest.startsWith('%%')) {
      parts.push('%');
      rest = rest.slice(2);
    } else {
      return null;
    }
  }
  return parts;
}

/** The names of all rules that a check refers to. */
export function referencedRules(check: Check): readonly string[] {
  switch (check.kind) {
    case 'rule':
      return [check.name];
    case 'not':
      return referencedRules(check.check);
    case 'and':
    case 'or':
      return check.checks.flatMap(referencedRules);
    case 'always':
    case 'never':
    case 'broken':
    case 'role':
    case 'remote':
    case 'literal':
    case 'attribute':
      return [];
  }
}
