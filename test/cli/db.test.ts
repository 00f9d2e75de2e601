// `berth db sync` and `berth db version`, alone and several at once.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runBerth, serveBerth, temporaryFolder } from '../support/berth-process.ts';
import { createClient } from '../support/client.ts';
import { type Configuration, writeConfiguration } from '../support/configuration.ts';
import { assertClean, makeProvider } from '../support/world.ts';

const REVISION = 'a082b8bb98d0';

function configurationOf(t: TestContext): Configuration {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return writeConfiguration(folder.path, '', false);
}

test('db sync makes the tables, says nothing, and may be repeated', async (t) => {
  const { configFile, dataPath } = configurationOf(t);
  for (const attempt of ['the first', 'the second']) {
    assert.deepEqual(
      await runBerth(['db', 'sync', '--config-file', configFile]),
      { code: 0, stdout: '', stderr: '' },
      attempt,
    );
  }
  await assertClean(dataPath);
  const berth = await serveBerth(['--config-file', configFile, '--port', '0'], dataPath);
  assert.equal(await berth.stop(), 0);
});

test('db version prints the revision of the schema, or None, and makes nothing', async (t) => {
  const { configFile, dataPath } = configurationOf(t);
  const version = () => runBerth(['db', 'version', '--config-file', configFile]);
  assert.deepEqual(await version(), { code: 0, stdout: 'None\n', stderr: '' });
  assert.equal(existsSync(dataPath), false);
  await runBerth(['db', 'sync', '--config-file', configFile]);
  const asItWas = readFileSync(dataPath);
  assert.deepEqual(await version(), { code: 0, stdout: `${REVISION}\n`, stderr: '' });
  assert.ok(readFileSync(dataPath).equals(asItWas));
});

test('db audit makes no database', async (t) => {
  const { configFile, dataPath } = configurationOf(t);
  const { code, stdout, stderr } = await runBerth(['db', 'audit', '--config-file', configFile]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.ok(stderr.startsWith(`berth: there is no database at ${dataPath}: `), stderr);
  assert.equal(existsSync(dataPath), false);
});

test('several db sync at once on an empty file all succeed', async (t) => {
  const { configFile, dataPath } = configurationOf(t);
  const sync = () => runBerth(['db', 'sync', '--config-file', configFile]);
  for (const outcome of await Promise.all([sync(), sync(), sync()])) {
    assert.deepEqual(outcome, { code: 0, stdout: '', stderr: '' });
  }
  const { stdout } = await runBerth(['db', 'version', '--config-file', configFile]);
  assert.equal(stdout, `${REVISION}\n`);
  await assertClean(dataPath);
});

test('two services that start at once on an empty file both serve it', async (t) => {
  const folder = temporaryFolder();
  t.after(folder.remove);
  const dataPath = join(folder.path, 'berth.sqlite');
  const start = () => serveBerth(['--dev', '--port', '0', '--data', dataPath], dataPath);
  const [one, other] = await Promise.all([start(), start()]);
  const [writer, reader] = [createClient(one.url), createClient(other.url)];
  try {
    const provider = await makeProvider(writer, { VCPU: 4 });
    assert.equal((await reader.get(`/resource_providers/${provider}`)).status, 200);
  } finally {
    writer.close();
    reader.close();
    assert.deepEqual(await Promise.all([one.stop(), other.stop()]), [0, 0]);
  }
  await assertClean(dataPath);
});
