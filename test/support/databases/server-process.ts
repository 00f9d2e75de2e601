// One server program as a process: starts it, waits until it answers, ends it in good order or not, holds it still.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { forgetServerProcess, noteServerProcess } from './server-folder.ts';
import type { ServerUser } from './server-user.ts';

/** A server that does not answer by then has a problem that waiting does not cure. */
const START_MAX_MS = 60_000;
const POLL_MS = 25;

export interface ServerProgram {
  readonly program: string;
  readonly user: ServerUser | undefined;
  readonly folder: string;
  /** Ends the server in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Throws as long as the server does not serve. */
  readonly probe: () => Promise<void>;
}

export class ServerProcess {
  readonly #program: ServerProgram;
  #child: ChildProcess | undefined;
  #spawnError: Error | undefined;

  constructor(program: ServerProgram) {
    this.#program = program;
  }

  get running(): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the program and waits until it serves. Throws with the end of its log when it does not. */
  async start(options: readonly string[]): Promise<void> {
    if (this.running) throw new Error(`${this.#program.program} runs already`);
    const child = this.#spawn(options);
    this.#child = child;
    const deadline = Date.now() + START_MAX_MS;
    let problem: unknown;
    while (this.running && Date.now() < deadline) {
      try {
        return await this.#program.probe();
      } catch (error) {
        problem = error;
      }
      await pause(POLL_MS);
    }
    await this.kill();
    throw new Error(`${this.#program.program} does not serve:\n${this.log().slice(-4_000)}`, {
      cause: this.#spawnError ?? problem,
    });
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#end(() => this.#child?.kill(this.#program.stopSignal));
  }

  async kill(): Promise<void> {
    // Still first: a parent that sees a child die would start to repair.
    await this.#end(() => this.#signalAll(['SIGSTOP', 'SIGKILL']));
  }

  pause(): void {
    this.#signalAll(['SIGSTOP']);
  }

  resume(): void {
    this.#signalAll(['SIGCONT']);
  }

  log(): string {
    return readFileSync(this.#logPath(), 'utf8');
  }

  #spawn(options: readonly string[]): ChildProcess {
    const log = openSync(this.#logPath(), 'a');
    const child = spawn(this.#program.program, options, {
      ...this.#program.user,
      cwd: this.#program.folder,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    child.unref();
    child.once('error', (error) => {
      this.#spawnError = error;
    });
    if (child.pid !== undefined) noteServerProcess(this.#program.folder, child.pid);
    child.once('exit', () => forgetServerProcess(this.#program.folder));
    return child;
  }

  async #end(signal: () => void): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    // Unreferenced, the child would let this process end in the middle of the wait.
    child.ref();
    const exited = once(child, 'exit');
    signal();
    await exited;
  }

  /** Signals the server and its children, for PostgreSQL serves each connection from a process of its own. */
  #signalAll(signals: readonly NodeJS.Signals[]): void {
    const pid = this.#child?.pid;
    if (pid === undefined || !this.running) return;
    const first = signals[0];
    if (first !== undefined) signalIfThere(pid, first);
    const family = [pid, ...childrenOf(pid)];
    for (const signal of signals) {
      for (const member of family) signalIfThere(member, signal);
    }
  }

  #logPath(): string {
    return join(this.#program.folder, 'log');
  }
}

/** Runs a program that sets up a server's data. Throws with its output when it fails. */
export async function runToEnd(
  program: string,
  options: readonly string[],
  user: ServerUser | undefined,
  folder: string,
) {
  await promisify(execFile)(program, [...options], { ...user, cwd: folder });
}

function childrenOf(pid: number): readonly number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = list.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
