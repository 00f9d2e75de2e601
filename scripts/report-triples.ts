// Adds up what test processes left in the folder that BERTH_TRIPLES named, and says which answers no test reached:
//   BERTH_TRIPLES=var/triples npm test; node scripts/report-triples.ts var/triples

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { possibleTriples } from '../test/support/possible-triples.ts';

const TRIPLE = /^(.*) 1\.(\d+) (\d+)$/;

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node scripts/report-triples.ts FOLDER\n');
  process.exit(2);
}

const possible = possibleTriples();
const reached = readTriples(folder);
const unreached = [...possible].filter((triple) => !reached.has(triple));
// Such as a 503 that a test forced, or a conflict that only a race brings about.
const others = [...reached].filter((triple) => !possible.has(triple));

process.stdout.write(
  `possible: ${possible.size}\nreached:  ${possible.size - unreached.length}, and ${others.length} others\n` +
    section('never reached', unreached) +
    section('others', others),
);

function readTriples(from: string): ReadonlySet<string> {
  const files = readdirSync(from).filter((name) => name.endsWith('.txt'));
  const lines = files.flatMap((name) => readFileSync(join(from, name), 'utf8').split('\n'));
  return new Set(lines.filter((line) => line !== ''));
}

/** One line per route and status, with the versions as ranges: `GET /traits 200: 1.6-1.12 1.15`. */
function section(title: string, triples: readonly string[]): string {
  if (triples.length === 0) return '';
  const minors = new Map<string, number[]>();
  for (const triple of triples) {
    const [, route, minor, status] = TRIPLE.exec(triple) ?? [];
    const line = `${route} ${status}`;
    minors.set(line, [...(minors.get(line) ?? []), Number(minor)]);
  }
  const lines = [...minors].map(([line, versions]) => `  ${line}: ${ranges(versions).join(' ')}\n`);
  return `${title}: ${triples.length}\n${lines.sort().join('')}`;
}

function ranges(minors: readonly number[]): readonly string[] {
  const found: [first: number, last: number][] = [];
  for (const minor of minors.toSorted((one, other) => one - other)) {
    const range = found.at(-1);
    if (range?.[1] === minor - 1) range[1] = minor;
    else found.push([minor, minor]);
  }
  return found.map(([first, last]) => (first === last ? `1.${first}` : `1.${first}-1.${last}`));
}
