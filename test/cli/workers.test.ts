// `--workers`: several processes behind one port. One that dies is replaced; signals reach all; requests under way are
// answered whoever is told to end, and how often.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BERTH, runBerth } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { assertClean } from '../support/world.ts';
import { type Answer, answerTo, ask, folderOf, requestUnderWay, startConfigured, until } from './running-service.ts';

const WORKERS = ['--workers', '2'];

/** The ids of the processes that have said that they listen. */
async function listeners(berth: Awaited<ReturnType<typeof startConfigured>>, count: number): Promise<number[]> {
  const lines = await berth.said(/"listening"/, count);
  return lines.map((line) => Number(/"pid":(\d+)/.exec(line)?.[1]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isAlive), 'all have ended');
}

test('one that dies is replaced, and the service is there all the time', async (t) => {
  const folder = folderOf(t);
  const berth = await startConfigured(t, folder, '', WORKERS);
  const { port } = new URL(berth.url);
  const [one = 0, other = 0] = await listeners(berth, 2);
  assert.ok(one !== berth.pid && other !== berth.pid && one !== other);
  process.kill(one, 'SIGKILL');
  await berth.said(/"level":"error".*"signal":"SIGKILL".*a worker ended by itself; another takes its place/);
  // New connections, so that whoever is there gets them.
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ port, path: '/traits', agent: false })));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const [, , third = 0] = await listeners(berth, 3);
  assert.ok(isAlive(third) && third !== one && third !== other);
  assert.equal(await berth.stop(), 0);
  await untilGone([other, third]);
  await assertClean(berth.dataPath);
});

test('SIGTERM to all of them, as a supervisor may send it, ends none before its requests are answered', async (t) => {
  const berth = await startConfigured(t, folderOf(t), '', WORKERS);
  const { port } = new URL(berth.url);
  const pids = await listeners(berth, 2);
  const bodies = Array.from({ length: 8 }, (_, index) => JSON.stringify({ name: `provider ${index}` }));
  const requests = await Promise.all(bodies.map((body) => requestUnderWay({ port, agent: false }, body)));
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  const ended = berth.stop();
  await berth.said(/"stopping"/, 2);
  const answers: Promise<Answer>[] = requests.map(answerTo);
  for (const [index, request] of requests.entries()) request.end(bodies[index]);
  for (const { status, text } of await Promise.all(answers)) assert.equal(status, 200, text);
  assert.equal(await ended, 0);
  await untilGone(pids);
  await assertClean(berth.dataPath);
});

test('SIGHUP to the first process reaches all', async (t) => {
  const berth = await startConfigured(t, folderOf(t), '[berth]\nrequest_timeout = 30', WORKERS);
  const pids = await listeners(berth, 2);
  berth.configure('[berth]\nrequest_timeout = 40');
  await berth.reload(3);
  const reloaded = (await berth.said(/"reloaded: /, 3)).map((line) => Number(/"pid":(\d+)/.exec(line)?.[1]));
  assert.deepEqual(reloaded.sort(), [berth.pid, ...pids].sort());
  assert.equal(await berth.stop(), 0);
});

test('they end when the first process is killed', async (t) => {
  const berth = await startConfigured(t, folderOf(t), '', WORKERS);
  const pids = await listeners(berth, 2);
  await berth.kill();
  await untilGone(pids);
  await assertClean(berth.dataPath);
});

test('they share a Unix socket', async (t) => {
  const folder = folderOf(t);
  const socketPath = join(folder, 'berth.sock');
  const berth = await startConfigured(t, folder, `[berth]\nsocket = ${socketPath}`, WORKERS);
  const [one = 0] = await listeners(berth, 2);
  process.kill(one, 'SIGKILL');
  await listeners(berth, 3);
  assert.equal((statSync(socketPath).mode & 0o777).toString(8), '660');
  assert.equal((await ask({ socketPath, path: '/traits' })).status, 200);
  assert.equal(await berth.stop(), 0);
});

test('warnings about the configuration are said once, not by each', async (t) => {
  const more = '[DEFAULT]\nuse_json = true\nuse_syslog = true';
  const berth = await startConfigured(t, folderOf(t), more, WORKERS);
  await listeners(berth, 2);
  const warnings = await berth.said(/"level":"warn".*without effect/);
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]), /set, but without effect in Berth: \[DEFAULT\] use_syslog, \[DEFAULT\] use_json; /);
  assert.equal(await berth.stop(), 0);
});

test('a service whose workers cannot start says why and ends with 1', async (t) => {
  const { configFile } = writeConfiguration(folderOf(t), '', false);
  const { code, stderr } = await runBerth(['serve', '--config-file', configFile, '--port', '0', ...WORKERS]);
  assert.match(stderr, /^berth: there is no database at /m);
  assert.equal(code, 1);
});

test('a service that waits for its database is told to end, and ends', async (t) => {
  const folder = folderOf(t);
  const configFile = join(folder, 'placement.conf');
  // Nobody listens on port 1; the first connection is tried again for a hundred seconds.
  const connection = 'mysql+pymysql://root@127.0.0.1:1/placement';
  writeFileSync(
    configFile,
    `[DEFAULT]\ndebug = true\n[api]\nauth_strategy = noauth2\n[placement_database]\nconnection = ${connection}\n`,
  );
  for (const words of [[], WORKERS]) {
    const child = spawn(BERTH, ['serve', '--config-file', configFile, '--port', '0', ...words]);
    t.after(() => child.kill('SIGKILL'));
    // The options are written before anything is contacted.
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  }
});
