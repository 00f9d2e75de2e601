// The text of docs/limits.md, made from the options of [berth] and the catalogue of errors: each error that is the
// refusal by a bound says which setting is the bound.

import { berthOptions } from '../src/config/options/berth.ts';
import type { Option } from '../src/config/options/option.ts';
import { type CatalogueEntry, errorCatalogue } from '../src/domain/errors/declare.ts';
import { limitNames } from '../src/telemetry/http-metrics.ts';
import { loadCatalogue } from './error-page.ts';

const INTRODUCTION = `# Limits

<!-- Made from src/config/options/berth.ts and src/domain/errors by \`npm run docs\`. Change it there. -->

Every request has a bound on its size, its work, its memory and its time. Each bound is a setting in \`[berth]\`; a refusal
names the setting and is counted in \`berth_limit_refusals_total{limit="<the setting>"}\`. Texts and statuses of the errors
are in [errors.md](errors.md).

The bounds are those of one process: with \`workers = 4\` the service has four times as many connections and requests under
way.
`;

const BEYOND = `
Bounded by the API itself are the lengths of names and the sizes of numbers. A request is one transaction in the database
and waits for it no longer than \`database_deadline\`.

## When more is asked than can be answered

A process works on \`concurrent_requests_max\` requests at a time. Further ones wait, at most \`waiting_requests_max\` of them
and for \`waiting_time_max\`. Nobody waits for the version document, \`/berth/health/…\` and \`/berth/metrics\`.

Node.js works in one thread, so two measurements correct those numbers while the service is overloaded:

- If requests under way take longer than \`overload_delay\` on average, and the process had no pause for a tenth of a second,
  it works on a fifth fewer at a time, down to 16; otherwise on an eighth more, up to \`concurrent_requests_max\`.
- If for a second the process had no pause and everyone had waited longer than \`overload_delay\`, or more than one was
  refused for every ten that were served, it sheds: the line is kept as short as can be served within \`overload_delay\`,
  but not shorter than 64, and who makes it longer pushes out the one that has waited longest. While some have to be
  refused, the newest is let in first, and nobody who has waited for more than a quarter of \`overload_delay\` (or two turns
  of the event loop). That ends when in a second no more than one was refused for every ten.

So a burst waits and is served, and so do clients that each wait for their answer before they ask again, as long as no more
of them wait than can be served within \`overload_delay\`, some hundreds. A line for a slow database is served in order as
long as it is not full. In an overload what is served is served about as fast as ever, and the waiting is done by what will
be refused.

A refusal is 503 with \`retry-after\`, ahead of everything else: before the token is looked at, the body is read or anything
is looked up. It costs a quarter of an answer or less, and nothing was done. Of four times the load even refusals would take
most of the time there is, so they have a share of each turn of the event loop: a refusal may take half a second to arrive when
thousands of connections ask at once. The log has one line about it every ten seconds. Larger values of \`overload_delay\`
let fewer requests fail and more of them wait.

A request that is being received counts as under way from the moment at which its body is wanted, which bounds the memory
for bodies to \`concurrent_requests_max\` times \`body_bytes_max\`.
`;

/** Bounds beyond which something else happens. */
export const WITHOUT_REFUSAL: ReadonlyMap<string, string> = new Map([
  ['concurrent_requests_max', '(the request waits)'],
  ['connections_max', '(the connection is closed; counted as well)'],
]);

/** The whole page. */
export async function limitsPage(): Promise<string> {
  await loadCatalogue();
  const byLimit = Map.groupBy(errorCatalogue(), ({ limit }) => limit);
  const names = new Set(limitNames());
  const rows = berthOptions
    .filter(({ name }) => names.has(name) || WITHOUT_REFUSAL.has(name))
    .map((option) => [
      `\`${option.name}\``,
      defaultOf(option),
      option.help,
      WITHOUT_REFUSAL.get(option.name) ?? refusalsOf(byLimit.get(option.name) ?? []),
    ]);
  const table = [['Setting', 'Default', 'Bound', 'Refusal'], ['---', '---', '---', '---'], ...rows];
  return `${INTRODUCTION}\n${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n${BEYOND}`;
}

function defaultOf({ default: value }: Option): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}

function refusalsOf(errors: readonly CatalogueEntry[]): string {
  return errors.map(({ status, kind }) => `${status} \`${kind}\``).join(', ');
}
