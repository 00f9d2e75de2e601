// The benchmark's accounting of processor time: all processes of a tree, and none beside it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { memoryMb, parseStat, processorTimeMs, treeOf } from '../../bench/measure/processor-time.ts';

describe('a line of /proc/PID/stat', () => {
  test('is read behind a name that holds brackets and spaces', () => {
    const line = '42 (a ) S 9 (x) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 11 0 47918 10204 346';

    assert.deepEqual(parseStat(line), { pid: 42, parent: 7, ticks: 124 });
  });
});

describe('the tree of a process', () => {
  const processes = [
    { pid: 4, parent: 3, ticks: 1 },
    { pid: 2, parent: 1, ticks: 1 },
    { pid: 3, parent: 2, ticks: 1 },
    { pid: 5, parent: 1, ticks: 1 },
  ];

  test('has its children and theirs, in whatever order they are listed, and nobody else', () => {
    assert.deepEqual(
      treeOf(2, processes).map(({ pid }) => pid),
      [2, 3, 4],
    );
  });

  test('is empty when the process has ended', () => {
    assert.deepEqual(treeOf(9, processes), []);
  });
});

describe('processor time', { skip: process.platform !== 'linux' && 'it is read from /proc, which is Linux’s' }, () => {
  test('of a child counts, and is kept when the child has ended and was waited for', async () => {
    const WORKING_MS = 300;
    const busy = `const until = process.cpuUsage().user + ${WORKING_MS}e3; while (process.cpuUsage().user < until);`;
    const parent = `require('node:child_process').execFileSync(process.execPath, ['-e', process.argv[1]]);
      console.log('done'); process.stdin.resume();`;
    const child = spawn(process.execPath, ['-e', parent, busy], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');

      assert.ok(processorTimeMs(child.pid ?? 0) >= WORKING_MS);
      assert.ok(memoryMb(child.pid ?? 0) > 1);
    } finally {
      child.kill();
    }
  });

  test('of a process that nobody knows is none', () => {
    const ended = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));

    assert.equal(processorTimeMs(ended), 0);
  });
});
