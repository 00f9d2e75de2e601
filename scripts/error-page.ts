// The text of docs/errors.md, made from the catalogue of errors. Every file of the catalogue is loaded, so that no
// error is missing because nothing happens to import it.

import { readdirSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { type CatalogueEntry, errorCatalogue } from '../src/domain/errors/declare.ts';
import { placeholders } from './placeholders.ts';

const CATALOGUE = new URL('../src/domain/errors/', import.meta.url);

const INTRODUCTION = `# Errors

<!-- Made from src/domain/errors by \`npm run docs\`. Change it there. -->

Every refusal of Berth is one line of one catalogue, and this page is made from that catalogue. To a client that asks for
JSON it looks like this:

\`\`\`json
{"errors": [{"status": 409,
             "title": "Conflict",
             "detail": "The request conflicts with the present state of the resource.\\n\\n resource provider generation conflict …  ",
             "code": "placement.concurrent_update",
             "request_id": "req-c08ce9b9-7b5b-41fd-afa8-924988eb5342"}]}
\`\`\`

- The message is the last line of \`detail\`. Below it is shown with \`<placeholders>\` for what changes.
- \`code\` is there from microversion 1.23. What has no code of its own has \`placement.undefined_code\`. Refusals of the
  version header never carry a code.
- A *kind* names an error in the log and in metrics. Answers do not carry it.
- \`request_id\` is also in the header \`x-openstack-request-id\` and in the log.
- *Microversions* are those at which an error can occur, where it is not as long as the operations that give it exist.

A client without a token is refused by the identity layer in front of all this: 401, with a body of its own form.
`;

const CONFLICT = 409;

/** Loads every file of the catalogue, so that no error is missing because nothing happens to import it. */
export async function loadCatalogue(): Promise<void> {
  for (const file of readdirSync(CATALOGUE).sort()) await import(new URL(file, CATALOGUE).href);
}

/** The whole page. */
export async function errorPage(): Promise<string> {
  await loadCatalogue();
  const byStatus = [...Map.groupBy(errorCatalogue(), ({ status }) => status)].sort(([one], [other]) => one - other);
  return [INTRODUCTION, ...byStatus.map(([status, entries]) => section(status, entries))].join('\n');
}

function section(status: number, entries: readonly CatalogueEntry[]): string {
  const withRemedy = status === CONFLICT || entries.some(({ remedy }) => remedy !== undefined);
  const columns = ['Kind', 'Message', 'Code', 'Microversions', ...(withRemedy ? ['What to do'] : [])];
  const sorted = entries.toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
  const rows = sorted.map((entry) => [
    code(entry.kind),
    message(entry),
    code(entry.code),
    microversions(entry),
    ...(withRemedy ? [entry.remedy ?? ''] : []),
  ]);
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return `## ${status} ${STATUS_CODES[status]}\n\n${lines.join('\n')}\n`;
}

function message(entry: CatalogueEntry): string {
  const text = entry.textFor(placeholders());
  return text === '' ? '(none: `detail` says it before)' : code(text);
}

function microversions({ since, until }: CatalogueEntry): string {
  if (since === undefined) return until === undefined ? '' : `to 1.${until}`;
  return until === undefined ? `from 1.${since}` : `1.${since} to 1.${until}`;
}

/** Two backticks where the text has one itself. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
