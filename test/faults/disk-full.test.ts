// The disk under a SQLite file is full: writes are refused as a whole, reads go on, and when there is room again all is
// as before. Met in two ways: a small file system (needs root), and a limit on the size of files, as `ulimit -f` sets.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/berth-process.ts';
import { assertClean, expectStatus } from '../support/world.ts';
import { startFaultService } from './fault-service.ts';
import { Ledger } from './ledger.ts';

const WRITES = 60;
const PAGE_BYTES = 4096;
const DISK_BYTES = 12 * 1024 * 1024;

interface SmallDisk {
  /** Where the database goes. */
  readonly folder: string;
  fill(pid: number): void;
  makeRoom(pid: number): void;
}

const folder = temporaryFolder();
after(() => {
  if (isRoot()) execFileSync('umount', ['-l', folder.path]);
  folder.remove();
});

describe('a full disk', { timeout: 60_000 }, () => {
  test('a file system without room', { skip: isRoot() ? false : 'only root may mount one; the next test runs' }, (t) =>
    story(t, tinyFileSystem()),
  );

  test('a limit on the size of files', (t) => story(t, limitedFiles()));
});

async function story(t: TestContext, disk: SmallDisk): Promise<void> {
  const path = join(disk.folder, 'berth.sqlite');
  const { berth, client } = await startFaultService({ url: `sqlite:///${path}`, deadlineSeconds: 2 });
  const ledger = await Ledger.open(client, 2);
  const write = (index: number) => ledger.write(client, ledger.newConsumer(index), 1);
  for (let index = 0; index < WRITES; index += 1) assert.equal(await write(index), 'acknowledged');

  disk.fill(berth.pid);
  // One after another until one is refused: what is left of a page may hold a few more.
  let done = 0;
  while ((await write(done)) === 'acknowledged') done += 1;
  const verdicts = await Promise.all(Array.from({ length: WRITES }, (_, index) => write(index)));
  assert.deepEqual([...new Set(verdicts)], ['refused']);
  const [[provider = ''] = []] = ledger.pairs;
  expectStatus(await client.get(`/resource_providers/${provider}`), 200);
  expectStatus(await client.get('/allocation_candidates?resources=VCPU:1&limit=1'), 200);
  expectStatus(await client.get(`/resource_providers/${provider}/allocations`), 200);
  expectStatus(await client.get('/'), 200);

  disk.makeRoom(berth.pid);
  const again = await Promise.all(Array.from({ length: WRITES }, (_, index) => write(index)));
  assert.deepEqual([...new Set(again)], ['acknowledged']);
  const settled = await ledger.settle(client);
  t.diagnostic(JSON.stringify({ ...ledger.verdicts, ...settled }));
  await assertClean(path);
  assert.equal(await berth.stop(), 0);
}

/** A file system in memory; a ballast takes what room there is. */
function tinyFileSystem(): SmallDisk {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder.path]);
  const ballast = join(folder.path, 'ballast');
  return {
    folder: folder.path,
    fill: () => {
      const file = openSync(ballast, 'w');
      for (const size of [65_536, 4_096]) while (wrote(file, size)) fsyncSync(file);
      closeSync(file);
    },
    makeRoom: () => rmSync(ballast),
  };
}

function wrote(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

/**
 * No file of the process may be written beyond its first page. A limit at the present size of the log would not do: after a
 * checkpoint the log begins anew, and has room again.
 */
function limitedFiles(): SmallDisk {
  const own = temporaryFolder();
  after(() => own.remove());
  const limit = (pid: number, bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  return {
    folder: own.path,
    fill: (pid) => {
      limit(pid, PAGE_BYTES);
    },
    makeRoom: (pid) => {
      limit(pid, 'unlimited');
    },
  };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
