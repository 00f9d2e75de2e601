// The text of docs/configuration.md, made from the catalogue of options, as the sample of `berth config sample` is.

import { valueText } from '../src/config/convert.ts';
import type { Option } from '../src/config/options/option.ts';
import { OPTIONS, REMOVED_OPTIONS } from '../src/config/options.ts';
import { typeOf } from '../src/config/sample.ts';

const INTRODUCTION = `# Configuration

<!-- Made from src/config/options by \`npm run docs\`. Change it there. -->

Berth reads the \`placement.conf\` of OpenStack Placement, in its grammar and from its places. What an option says is, from
strongest to weakest:

1. a flag of the command line, where there is one
2. the environment variable \`OS_<SECTION>__<OPTION>\`, for example \`OS_PLACEMENT_DATABASE__CONNECTION\`
3. the files, the last one read wins. First those that \`--config-file\` names; else \`placement.conf\` in
   \`$OS_PLACEMENT_CONFIG_DIR\`; else the first \`placement.conf\` and the first \`berth.conf\` of \`~/.placement\`, \`~\`,
   \`/etc/placement\` and \`/etc\`. Then the \`*.conf\` of the directories that \`--config-dir\` names; else those of the first
   \`placement.conf.d\` and the first \`berth.conf.d\` in the same places
4. its default

In a file: comments take whole lines, a \`#\` behind a value is a part of it. A line that begins with a blank continues the one
above it. \`$name\` and \`\${section.name}\` stand for the value of another option; a dollar sign is written \`$$\`. Booleans are
\`true\`, \`1\`, \`on\`, \`yes\` and \`false\`, \`0\`, \`off\`, \`no\`.

\`berth config check\` says all that is wrong at once, and \`berth config sample\` prints a file with every option. A value that
cannot be used stops the start, also of an option that is not used. Options of OpenStack Placement that have no effect in
Berth are marked _no effect_ below, with the reason; those that are set to something else than their default are named once
in the log. Unknown sections and options are ignored, as they always were; unknown options of \`[berth]\` are named in the log.
`;

/** The whole page. */
export function configurationPage(): string {
  const groups = Map.groupBy(OPTIONS, ({ group }) => group);
  const sections = [...groups].map(([group, options]) => `## [${group}]\n\n${optionTable(options)}`);
  return `${[INTRODUCTION, ...sections, renamed(), removed()].join('\n')}`;
}

function optionTable(options: readonly Option[]): string {
  return table(
    ['Option', 'Type', 'Default', 'Status', 'What it does'],
    options.map((option) => [
      `\`${option.name}\``,
      typeOf(option),
      defaultOf(option),
      option.status === 'effective' ? 'has effect' : '_no effect_',
      `${option.help}${option.secret === true ? ' Secret: shown as `****`.' : ''}`,
    ]),
  );
}

function defaultOf(option: Option): string {
  if (option.type === 'string' && option.required === true) return '(must be set)';
  if (option.default === null) return '(unset)';
  const text = valueText(option.default);
  return text === '' ? '(empty)' : `\`${text}\``;
}

function renamed(): string {
  const rows = OPTIONS.flatMap(({ group, name, formerNames = [] }) =>
    formerNames.map((former) => [`\`[${former.group}] ${former.name}\``, `\`[${group}] ${name}\``]),
  );
  return `## Old names\n\nRead from files, with a line in the log; the new name wins.\n\n${table(['Old', 'New'], rows)}`;
}

function removed(): string {
  const rows = REMOVED_OPTIONS.map(({ group, name, treatment, advice }) => [
    `\`[${group}] ${name}\``,
    treatment === 'warn' ? 'a line in the log' : 'with `auth_strategy = keystone` Berth does not start',
    advice,
  ]);
  return `## Names that are gone\n\n${table(['Option', 'If it is set', 'Because it'], rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}
