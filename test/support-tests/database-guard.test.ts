// Nothing is left of a server when the test process that started it was killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { skipWithout } from '../support/databases/available-databases.ts';

/** Starts a server, tells its process id and folder, and waits for its end. */
const SCRIPT = `
  import { startPostgresql } from '${new URL('../support/databases/postgresql.ts', import.meta.url)}';
  const server = await startPostgresql();
  const [row] = await server.run('postgres', "SELECT current_setting('data_directory') AS data;");
  const [pid] = await server.run('postgres', "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS pid;");
  process.stdout.write(pid.pid + ' ' + row.data + '\\n');
  setInterval(() => {}, 1_000);
`;

test('the guard ends a server whose starter was killed', { skip: skipWithout('postgresql') }, async () => {
  const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: starter.stdout }), 'line');
  const [pid, folder] = String(line).split(' ');
  assert.ok(pid !== undefined && folder !== undefined);
  assert.ok(isRunning(Number(pid)) && existsSync(folder));
  starter.kill('SIGKILL');
  while (isRunning(Number(pid)) || existsSync(folder)) await pause(50);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
