// Processor time and memory of a service: of all the processes of its tree, those that have ended and were waited for
// included. From /proc, so on Linux only; exact to a tick, 10 ms, over a whole window of requests.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** User and system time in ticks: its own, and of children that it waited for. */
  readonly ticks: number;
}

let tickMs: number | undefined;

/** Milliseconds of processor time that the tree under a process has used so far. */
export function processorTimeMs(root: number): number {
  tickMs ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return treeOf(root, allProcesses()).reduce((sum, { ticks }) => sum + ticks, 0) * tickMs;
}

/** Megabytes that the tree holds; a page that processes share is counted once. */
export function memoryMb(root: number): number {
  return treeOf(root, allProcesses()).reduce((sum, { pid }) => sum + residentKb(pid), 0) / 1024;
}

/** The processes at and under a root. */
export function treeOf(root: number, processes: readonly ProcessTimes[]): readonly ProcessTimes[] {
  const tree = processes.filter(({ pid }) => pid === root);
  for (let index = 0; index < tree.length; index += 1) {
    tree.push(...processes.filter(({ parent }) => parent === tree[index]?.pid));
  }
  return tree;
}

/** Takes a line of /proc/PID/stat apart. The name in it is in brackets and may hold anything, brackets too. */
export function parseStat(line: string): ProcessTimes {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  return {
    pid: Number(line.slice(0, line.indexOf(' '))),
    parent: Number(fields[1]),
    ticks: (utime ?? 0) + (stime ?? 0) + (cutime ?? 0) + (cstime ?? 0),
  };
}

function allProcesses(): readonly ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const line = readIfThere(`/proc/${name}/stat`);
      return line === undefined ? [] : [parseStat(line)];
    });
}

function residentKb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0);
}

/** Undefined when the process has ended meanwhile. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
