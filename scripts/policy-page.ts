// The text of docs/policy.md, made from the default rules and from the table of routes.

import { routes } from '../src/cli/policy-check.ts';
import { ALLOWED_SCOPES, DEFAULT_RULES, type DefaultRule } from '../src/policy/default-rules.ts';
import { POLICY_RULES } from '../src/policy/rules.ts';

const INTRODUCTION = `# Policy

<!-- Made from src/policy and src/http/routes by \`npm run docs\`. Change it there. -->

Who may do what is said by rules in the language of oslo.policy. Each route asks for one rule, below; a rule that no file
defines has its default. Files are \`[oslo_policy] policy_file\` (\`policy.yaml\` beside \`placement.conf\`) and those in
\`policy_dirs\` (\`policy.d\`), YAML or JSON; a later file wins, rule by rule. They take effect when they change, without a
restart; a file that cannot be used is said in the log, and the rules from before stay in force.

\`\`\`yaml
"placement:traits:list": "role:reader or rule:admin_or_service_api"
\`\`\`

\`berth policy check --roles reader,member --project ID\` shows what that means for a caller, route by route, and
\`berth config check\` what is wrong with the files. Names that no operation asks for, rules that only repeat their default, and
references to rules that do not exist are named there and in the log.

Two options of \`[oslo_policy]\`, both on unless the configuration says otherwise:

- \`enforce_scope\`: a token of another scope than the operation allows is refused with 403. All allow ${ALLOWED_SCOPES.join(', ')} scope
  only, so an admin with a system-scoped token may do nothing.
- \`enforce_new_defaults = false\`: the deprecated default of a rule lets callers in as well, until the file defines the rule.

An empty rule lets everybody in who has a token; \`"!"\` nobody.
`;

/** The whole page. */
export function policyPage(): string {
  const byRule = Map.groupBy(routes(), ({ rule }) => rule);
  const operations: ReadonlySet<string> = new Set(POLICY_RULES);
  const forRoutes = DEFAULT_RULES.filter(({ name }) => operations.has(name));
  const named = DEFAULT_RULES.filter(({ name }) => !operations.has(name));
  const rows = forRoutes.map(({ name, text }) => [
    code(name),
    code(text),
    ALLOWED_SCOPES.join(', '),
    routesOf([...byRule].find(([rule]) => rule === name)?.[1]),
  ]);
  return `${INTRODUCTION}
## Rules of the operations

Their defaults refer to the named rules further down, and so do what is deprecated there.

${table(['Rule', 'Default', 'Scopes', 'Routes'], rows)}
Open to everyone, without a token: ${routesOf(byRule.get(null))}.

## Named rules

For defaults and files to refer to: \`rule:admin_or_service_api\`.

${table(['Rule', 'Default', 'Deprecated default'], named.map(namedRow))}`;
}

function namedRow({ name, text, deprecatedText }: DefaultRule): readonly string[] {
  return [code(name), code(text), deprecatedText === null ? '' : code(deprecatedText)];
}

function routesOf(found: readonly { readonly method: string; readonly path: string }[] = []): string {
  return found.map(({ method, path }) => code(`${method} ${path}`)).join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
