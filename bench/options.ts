// The flags of the benchmark.

import { parseArgs } from 'node:util';
import type { BenchDatabase } from './services/stage.ts';

export interface Options {
  /** Names of workloads; null: all. */
  readonly only: readonly string[] | null;
  readonly databases: readonly BenchDatabase[];
  readonly quick: boolean;
  readonly withPeer: boolean;
  /** Processes of Berth. */
  readonly workers: number;
  /** Where results are written, without the ending. */
  readonly out: string;
}

export const USAGE = `npm run bench -- [flags]
  --quick               a sanity check of a few minutes; writes bench/results/quick.* unless told otherwise
  --only A,B            these workloads only
  --database A,B        sqlite, mysql (MariaDB); both if absent, with --quick SQLite
  --no-peer             Berth alone
  --workers N           processes of Berth; 1 if absent
  --out PATH            results go to PATH.json and PATH.md
`;

export function parseOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      ...{ quick: { type: 'boolean' }, 'no-peer': { type: 'boolean' }, only: { type: 'string' } },
      ...{ database: { type: 'string' }, workers: { type: 'string' }, out: { type: 'string' } },
    },
  });
  const quick = values.quick === true;
  const isWhole = !quick && values.only === undefined && values.database === undefined && values['no-peer'] !== true;
  return {
    only: values.only?.split(',') ?? null,
    databases: values.database?.split(',').map(databaseOf) ?? (quick ? ['sqlite'] : ['sqlite', 'mysql']),
    quick,
    withPeer: values['no-peer'] !== true,
    workers: Number(values.workers ?? 1),
    // A run of a part must not take the place of the whole one's figures.
    out: values.out ?? `bench/results/${isWhole ? 'latest' : quick ? 'quick' : 'part'}`,
  };
}

function databaseOf(word: string): BenchDatabase {
  if (word === 'sqlite' || word === 'mysql') return word;
  if (word === 'mariadb') return 'mysql';
  throw new Error(`there is no database ${word}: sqlite, mysql`);
}
