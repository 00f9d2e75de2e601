// The temporary folder of the servers of this test process, and the guard that ends them. The guard is a shell that waits
// for its standard input to close, which happens however this process ends, SIGKILL included; a handler of `exit` would
// miss that case. Whoever starts a server notes its process id in the folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerUser } from './server-user.ts';

/**
 * Asks each noted process to end at once (SIGQUIT lets PostgreSQL give back its shared memory; MariaDB has nothing to give
 * back and is killed after the others had up to two seconds), then removes the folder.
 */
const GUARD = `
cat >/dev/null
pids=$(cat "$1"/*/pid 2>/dev/null)
for pid in $pids; do kill -CONT $pid; kill -QUIT $pid; done
for turn in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for pid in $pids; do if kill -0 $pid; then left=1; fi; done
  [ -n "$left" ] || break
  sleep 0.2
done
for pid in $pids; do kill -KILL $pid; done
rm -rf "$1"
`;

let root: string | undefined;
let guard: ChildProcess | undefined;

/** Makes a folder for one server, owned by the user it will run as. */
export function makeServerFolder(name: string, user: ServerUser | undefined): string {
  root ??= makeGuardedRoot();
  const folder = join(root, `${readdirSync(root).length}-${name}`);
  mkdirSync(folder);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Puts the process under the guard. */
export function noteServerProcess(folder: string, pid: number): void {
  writeFileSync(join(folder, 'pid'), `${pid}\n`);
}

/** The process has ended and its id may soon be another's: takes it from the guard. */
export function forgetServerProcess(folder: string): void {
  rmSync(join(folder, 'pid'), { force: true });
}

function makeGuardedRoot(): string {
  const path = mkdtempSync(join(tmpdir(), 'berth-databases-'));
  chmodSync(path, 0o755);
  guard = spawn('/bin/sh', ['-c', GUARD, 'berth-database-guard', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of the terminal's process group: an interrupt from the keyboard must not reach the guard.
    detached: true,
  });
  // Neither the guard nor the pipe to it may keep the tests from ending.
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return path;
}
