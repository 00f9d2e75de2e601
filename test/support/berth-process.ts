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
  readonly pid: number;
  /** The SQLite file, or the database's URL. */
  readonly dataPath: string;
  /** Lines of standard output so far: the log, but in development mode the welcome. */
  readonly output: readonly string[];
  /** Lines of standard error so far: in development mode the log. */
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

/**
 * Starts Berth in development mode on a free port. Resolves when it listens; rejects when it ends before.
 *
 * @param place a SQLite file, or the URL of any database
 */
export function startBerth(place: string): Promise<BerthProcess> {
  const database = isDatabaseUrl(place) ? ['--database', place] : ['--data', place];
  return serveBerth(['--dev', '--port', '0', ...database], place);
}

/** Whether the text is a database's URL rather than the path of a SQLite file. */
export function isDatabaseUrl(place: string): boolean {
  return place.includes('://');
}

/** Services of this test process that still run: they end with it, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `berth serve` with these words. Resolves when it listens; rejects when it ends before. */
export async function serveBerth(words: readonly string[], dataPath: string): Promise<BerthProcess> {
  const child = spawn(BERTH, ['serve', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const output: string[] = [];
  const log: string[] = [];
  const url = await listeningUrl(child, output, log);
  return {
    url,
    pid: child.pid ?? 0,
    dataPath,
    output,
    log,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** What Berth itself logged as something that should not happen. */
export function failuresIn({ output, log }: BerthProcess): readonly string[] {
  return [...output, ...log].filter((line) => line.includes('unexpected failure'));
}

/** What a program that ran to its end has said, and its exit code. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `berth` command to its end. */
export function runBerth(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return runProgram(BERTH, words, environment);
}

/** Runs any program to its end. */
export async function runProgram(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
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

/** Collects what the process says, and waits for the line in which it says where it listens. */
async function listeningUrl(child: ChildProcess, output: string[], log: string[]): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the output of the service cannot be read');
  const found = new Promise<string>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      output.push(line);
      // The welcome of development mode, or the log of every other.
      const url = /^Berth listens on (\S+)/.exec(line)?.[1] ?? /"address":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  createInterface({ input: stderr }).on('line', (line) => log.push(line));
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`Berth ended with ${code} before it listened:\n${log.join('\n')}`);
  });
  return Promise.race([found, ended]);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  // Not `exit`: what the process said last is read by then.
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = await closed;
  return code;
}
