// Starts the real service as a process of its own, the way a user does, and stops or kills it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const BERTH = fileURLToPath(new URL('../../bin/berth', import.meta.url));

export interface BerthProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The SQLite file. */
  readonly dataPath: string;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: no chance to do anything. */
  kill(): Promise<void>;
}

/** A folder that lives as long as the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'berth-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts Berth in development mode on a free port. Resolves when it listens; rejects when it ends before. */
export async function startBerth(dataPath: string): Promise<BerthProcess> {
  const child = spawn(BERTH, ['serve', '--dev', '--port', '0', '--data', dataPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const url = await listeningUrl(child, log);
  return {
    url,
    dataPath,
    log,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** Runs a `berth` command to its end. */
export async function runBerth(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(BERTH, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function listeningUrl(child: ChildProcess, log: readonly string[]): Promise<string> {
  if (child.stdout === null) throw new Error('the output of the service cannot be read');
  const lines = createInterface({ input: child.stdout });
  const found = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const url = /^Berth listens on (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Berth ended with ${code} before it listened:\n${log.join('\n')}`);
  });
  return Promise.race([found, ended]);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code;
}
