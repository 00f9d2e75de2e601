// Where a run took place, and what was measured: for the page of results.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { findProgram } from '../../test/support/databases/installed-programs.ts';
import { peerSettings } from '../services/peer.ts';
import { PEER_PROCESSES } from '../services/stage.ts';

export function machine(workers: number): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    processor: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `Linux ${release()}`,
    Berth: `${version} (${commit()}), Node.js ${process.version}, ${workers} ${workers === 1 ? 'process' : 'processes'}, SQLite ${process.versions.sqlite}`,
    peer: `OpenStack Placement, Debian package python3-placement ${packageVersion('python3-placement')}, uwsgi ${packageVersion('uwsgi-core')} with \`${peerSettings(PEER_PROCESSES).join(' ')}\``,
    MariaDB: firstLine('mariadbd', ['--version']),
    'settings of both':
      'noauth2, log of requests in a file, every commit on the disk (SQLite: WAL and synchronous=FULL; MariaDB: innodb_flush_log_at_trx_commit=1)',
  };
}

function commit(): string {
  return run('git', ['-C', new URL('../..', import.meta.url).pathname, 'describe', '--always', '--dirty']);
}

function packageVersion(name: string): string {
  return run('dpkg-query', ['--show', name]).split('\t')[1] ?? 'unknown';
}

function firstLine(name: string, words: readonly string[]): string {
  const program = findProgram(name);
  return program === undefined ? 'not installed' : run(program, words);
}

function run(program: string, words: readonly string[]): string {
  try {
    const text = execFileSync(program, [...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n')[0]?.trim() ?? '';
  } catch {
    return 'unknown';
  }
}
