// The Unix socket: who may connect is said by its mode; one that a killed service left behind is replaced, one that
// somebody listens on is not, nor a file that is no socket.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBerth } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { answerTo, ask, folderOf, requestUnderWay, startConfigured } from './running-service.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('is served, with the mode that was asked for, and gone after the end', async (t) => {
  const folder = folderOf(t);
  const socketPath = join(folder, 'berth.sock');
  for (const [more, mode] of [
    ['', '660'],
    ['\nsocket_mode = 0606', '606'],
  ] as const) {
    // Without authentication a host that others can reach would be refused; a socket has its mode instead.
    const berth = await startConfigured(t, folder, `[berth]\nhost = 0.0.0.0\nsocket = ${socketPath}${more}`);
    assert.equal(berth.url, socketPath);
    assert.equal(modeOf(socketPath), mode);
    assert.equal((await ask({ socketPath, path: '/traits' })).status, 200);
    const body = JSON.stringify({ name: `under way ${mode}` });
    const underWay = await requestUnderWay({ socketPath }, body);
    const ended = berth.stop();
    const answer = answerTo(underWay);
    underWay.end(body);
    assert.equal((await answer).status, 200);
    assert.equal(await ended, 0);
    assert.equal(existsSync(socketPath), false);
  }
});

test('that a killed service left behind is replaced', async (t) => {
  const folder = folderOf(t);
  const socketPath = join(folder, 'berth.sock');
  const more = `[berth]\nsocket = ${socketPath}`;
  const killed = await startConfigured(t, folder, more);
  await killed.kill();
  assert.ok(existsSync(socketPath), 'nobody removed it');
  const berth = await startConfigured(t, folder, more);
  assert.equal((await ask({ socketPath, path: '/traits' })).status, 200);
  assert.equal(await berth.stop(), 0);
});

test('on which somebody listens is left to them, and so is a file', async (t) => {
  const folder = folderOf(t);
  const socketPath = join(folder, 'berth.sock');
  const berth = await startConfigured(t, folder, `[berth]\nsocket = ${socketPath}`);
  const refused = async (path: string) => {
    const { configFile } = writeConfiguration(folderOf(t), `[berth]\nsocket = ${path}`);
    const { code, stdout, stderr } = await runBerth(['serve', '--config-file', configFile]);
    assert.deepEqual([code, stdout], [1, '']);
    return stderr;
  };
  assert.match(
    await refused(socketPath),
    /^berth: cannot listen on \S+berth\.sock: somebody listens on it; choose another path with \[berth\] socket\n$/,
  );
  assert.equal((await ask({ socketPath, path: '/traits' })).status, 200);

  const file = join(folder, 'file');
  writeFileSync(file, 'precious');
  assert.match(await refused(file), /^berth: cannot listen on \S+: it is no socket; [^\n]*\n$/);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
  assert.match(
    await refused(join(folder, 'missing', 'berth.sock')),
    /^berth: cannot listen on \S+: its folder does not exist; choose another path with \[berth\] socket\n$/,
  );
  assert.equal(await berth.stop(), 0);
});
