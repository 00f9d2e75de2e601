// deploy/berth.service: systemd understands it, it keeps the service within bounds, and what it says of signals and times
// is what the service does.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from '../cli/running-service.ts';
import { BERTH, runProgram } from '../support/berth-process.ts';
import { findProgram } from '../support/databases/installed-programs.ts';

const UNIT = readFileSync(new URL('../../deploy/berth.service', import.meta.url), 'utf8');
/** What systemd's own scale, from 0 to 10, may say of the exposure, times ten. The tool calls 1.5 and less OK. */
const EXPOSURE_MAX = '15';

const analyze = findProgram('systemd-analyze');
const skip = analyze === undefined ? 'systemd-analyze is not installed' : false;
if (skip !== false) process.stderr.write(`deploy/berth.service NOT TESTED: ${skip}\n`);

/** The values of a setting, in their order. */
function valuesOf(name: string): readonly string[] {
  return [...UNIT.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

test('systemd finds nothing to complain about', { skip }, async (t) => {
  const path = join(folderOf(t), 'berth.service');
  writeFileSync(path, UNIT.replaceAll('/usr/bin/berth', BERTH));
  assert.deepEqual(await runProgram(String(analyze), ['verify', '--man=no', path]), {
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('its exposure is low', { skip }, async (t) => {
  const path = join(folderOf(t), 'berth.service');
  writeFileSync(path, UNIT);
  const words = ['security', '--no-pager', '--offline=true', `--threshold=${EXPOSURE_MAX}`, path];
  const { code, stdout } = await runProgram(String(analyze), words);
  assert.equal(code, 0, stdout);
});

test('reloads, stops and runs as the service is made to', () => {
  assert.deepEqual(valuesOf('ExecReload'), ['/bin/kill -HUP $MAINPID']);
  // Workers get the signal from the first process.
  assert.deepEqual(valuesOf('KillMode'), ['mixed']);
  const server = readFileSync(new URL('../../src/http/server.ts', import.meta.url), 'utf8');
  const closeDeadlineMs = Number(/CLOSE_DEADLINE_MS = ([\d_]+)/.exec(server)?.[1]?.replaceAll('_', ''));
  assert.ok(closeDeadlineMs > 0 && Number(valuesOf('TimeoutStopSec')[0]) * 1000 > closeDeadlineMs);
  assert.deepEqual(valuesOf('MemoryDenyWriteExecute'), [], 'Node.js would not start');
  assert.notEqual(valuesOf('User')[0] ?? 'root', 'root');
});
