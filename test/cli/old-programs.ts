// The programs that keep their old names, beside those of the distribution's own OpenStack Placement, where that is
// installed: the same words on two databases of the same content.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, runProgram } from '../support/berth-process.ts';
import type { DatabaseHost } from '../support/databases/database-server.ts';
import { requireProgram } from '../support/databases/installed-programs.ts';

export type OldProgram = 'placement-manage' | 'placement-status';

/** Berth's program of this name. */
export function ownProgram(name: OldProgram): string {
  return fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
}

/** Two configuration files, of two databases. */
export interface Pair {
  readonly own: string;
  readonly original: string;
}

/** What both programs said. */
export interface Outcomes {
  readonly own: Outcome;
  readonly original: Outcome;
}

export function runOwn(program: OldProgram, words: readonly string[]): Promise<Outcome> {
  return runProgram(ownProgram(program), words);
}

/** Runs both at once, each with its own configuration in front of the words. */
export async function runBoth(program: OldProgram, pair: Pair, words: readonly string[]): Promise<Outcomes> {
  const [own, original] = await Promise.all([
    runProgram(ownProgram(program), ['--config-file', pair.own, ...words]),
    runProgram(requireProgram(program), ['--config-file', pair.original, ...words]),
  ]);
  return { own, original };
}

/** Writes a configuration file that names the database and nothing else; its path. */
export function configurationFor(folder: string, name: string, url: string, more = ''): string {
  const path = join(folder, `${name}.conf`);
  writeFileSync(path, `[placement_database]\nconnection = ${url}\n${more}\n`);
  return path;
}

/** The uuid of the consumer with this number in {@link addIncompleteRecords}. */
export function consumerUuid(index: number): string {
  return `d1c0f8a2-7f0e-4d0c-9a3e-${String(index).padStart(12, '0')}`;
}

/** Providers without a root, and allocations whose consumers have no record, as very old releases left them. */
export async function addIncompleteRecords(
  server: DatabaseHost,
  database: string,
  { providers, consumers }: { readonly providers: number; readonly consumers: number },
): Promise<void> {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const providerRows = numbers(providers).map((id) => `(${id}, '${consumerUuid(900_000 + id)}', 'p${id}', 3, NULL)`);
  const allocationRows = numbers(consumers).map((id) => `(1, '${consumerUuid(id)}', 0, 1)`);
  await server.run(
    database,
    `INSERT INTO resource_providers (id, uuid, name, generation, root_provider_id) VALUES ${providerRows.join(', ')};
INSERT INTO allocations (resource_provider_id, consumer_id, resource_class_id, used) VALUES ${allocationRows.join(', ')};`,
  );
}
