// `berth serve` from a configuration file: how it starts, how it ends, and what it says when it cannot start.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { runBerth, serveBerth, startBerth, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { assertClean } from '../support/world.ts';

const ADMIN = { 'x-auth-token': 'admin', 'openstack-api-version': 'placement 1.39' };

/** A folder that goes with the test. */
function folderOf(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(folder.remove);
  return folder.path;
}

/** Runs a `berth serve` that must not start; the one line that it says. */
async function refusal(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runBerth(['serve', ...words]);
  assert.equal(stdout, '');
  assert.match(stderr, /^berth: [^\n]+\n$/, 'not one line');
  assert.equal(code, 1);
  return stderr.trimEnd();
}

/** A request whose head has been read by the service, which now waits for its body. */
async function requestUnderWay(url: string, body: string): Promise<ClientRequest> {
  const request = httpRequest(`${url}/resource_providers`, {
    method: 'POST',
    headers: {
      ...ADMIN,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  request.flushHeaders();
  await once(request, 'continue');
  return request;
}

async function answerTo(request: ClientRequest): Promise<{ readonly status: number; readonly text: string }> {
  const response: IncomingMessage = await new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

test('serves from a configuration file, on a database that it makes, and ends with 0', async (t) => {
  const { configFile, dataPath } = writeConfiguration(folderOf(t));
  const words = ['--config-file', configFile, '--host', '127.0.0.1', '--port', '0'];
  const berth = await serveBerth(words, dataPath);
  const uuid = randomUUID();
  const made = await fetch(`${berth.url}/resource_providers`, {
    method: 'POST',
    headers: { ...ADMIN, 'content-type': 'application/json' },
    body: JSON.stringify({ uuid, name: 'kept' }),
  });
  assert.equal(made.status, 200);
  assert.equal((await fetch(`${berth.url}/resource_providers`)).status, 401);
  assert.equal(await berth.stop(), 0);
  assert.deepEqual(berth.log, [], 'nothing but the log, and that on standard output');

  const again = await serveBerth(words, dataPath);
  const shown = await fetch(`${again.url}/resource_providers/${uuid}`, { headers: ADMIN });
  assert.equal((await shown.text()).includes('"name":"kept"'), true);
  assert.equal(await again.stop(), 0);
  await assertClean(dataPath);
});

test('answers what is under way when it is told to end, and then ends with 0', async (t) => {
  const { configFile, dataPath } = writeConfiguration(folderOf(t));
  const berth = await serveBerth(['--config-file', configFile, '--port', '0'], dataPath);
  const bodies = Array.from({ length: 8 }, (_, index) => JSON.stringify({ name: `provider ${index}` }));
  const requests = await Promise.all(bodies.map((body) => requestUnderWay(berth.url, body)));
  const { port } = new URL(berth.url);
  const idle = createConnection(Number(port), '127.0.0.1');
  await once(idle, 'connect');
  idle.resume();

  const exit = berth.stop();
  // It no longer accepts, so it has begun to end.
  for (let accepted = true; accepted; ) {
    const probe = createConnection(Number(port), '127.0.0.1');
    accepted = await new Promise((resolve) => {
      probe.once('connect', () => resolve(true));
      probe.once('error', () => resolve(false));
    });
    probe.destroy();
  }
  const answers = requests.map(answerTo);
  for (const [index, request] of requests.entries()) request.end(bodies[index]);
  for (const { status, text } of await Promise.all(answers)) assert.equal(status, 200, text);
  assert.equal(await exit, 0);
  idle.destroy();
  await assertClean(dataPath);
});

describe('without authentication', () => {
  test('refuses to listen where others could reach it', async (t) => {
    const folder = folderOf(t);
    const { configFile } = writeConfiguration(folder);
    const noauth2 = await refusal(['--config-file', configFile, '--host', '0.0.0.0', '--port', '0']);
    assert.match(noauth2, /auth_strategy = noauth2 .*0\.0\.0\.0.*loopback.*allow_remote_noauth/);
    const development = await refusal(['--dev', '--data', join(folder, 'x'), '--host', '0.0.0.0', '--port', '0']);
    assert.match(development, /development mode .*0\.0\.0\.0.*loopback.*allow_remote_noauth/);
  });

  test('listens there when it is told so in so many words', async (t) => {
    const folder = folderOf(t);
    const { configFile, dataPath } = writeConfiguration(folder);
    for (const words of [
      ['--config-file', configFile],
      ['--dev', '--data', dataPath],
    ]) {
      const berth = await serveBerth([...words, '--host', '0.0.0.0', '--port', '0', '--allow-remote-noauth'], dataPath);
      const { port } = new URL(berth.url);
      assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
      assert.equal(await berth.stop(), 0);
    }
  });
});

describe('says in one line why it cannot start', () => {
  test('a value of an option that is none: its file, line, option and value', async (t) => {
    const { configFile } = writeConfiguration(
      folderOf(t),
      '[placement]\n# A comment.\nmax_allocation_candidates = many',
    );
    assert.match(
      await refusal(['--config-file', configFile]),
      new RegExp(
        `^berth: Value for option \\[placement\\] max_allocation_candidates from ${configFile}:8 is not valid: ` +
          ".*, but found 'many'$",
      ),
    );
    assert.match(
      await refusal(['--config-file', writeConfiguration(folderOf(t)).configFile, '--port', '99999']),
      /^berth: Value for option \[berth\] port from the command line is not valid: .*, but found '99999'$/,
    );
  });

  test('a configuration file that is missing', async (t) => {
    const missing = join(folderOf(t), 'missing.conf');
    assert.equal(await refusal(['--config-file', missing]), `berth: Failed to find some config files: ${missing}`);
  });

  test('a port that is in use', async (t) => {
    const folder = folderOf(t);
    const berth = await startBerth(join(folder, 'first.sqlite'));
    try {
      const { port } = new URL(berth.url);
      assert.match(
        await refusal(['--dev', '--data', join(folder, 'second.sqlite'), '--port', port]),
        new RegExp(`^berth: cannot listen on 127\\.0\\.0\\.1:${port}: another process uses this port already`),
      );
    } finally {
      await berth.stop();
    }
  });

  test('an address that this machine does not have', async (t) => {
    // TEST-NET-3 of RFC 5737: nobody has an address of it.
    const words = ['--data', join(folderOf(t), 'x.sqlite'), '--host', '203.0.113.1', '--allow-remote-noauth'];
    assert.match(
      await refusal(['--dev', ...words]),
      /^berth: cannot listen on 203\.0\.113\.1:8778: this machine does not have this address/,
    );
  });

  test('a database that cannot be made, opened or read', async (t) => {
    const folder = folderOf(t);
    const file = join(folder, 'file');
    writeFileSync(file, 'This is a text, and long enough to be seen to be no database. '.repeat(100));
    mkdirSync(join(folder, 'directory'));
    for (const [path, reason] of [
      [join(file, 'below-a-file.sqlite'), /its folder cannot be made/],
      [join(folder, 'directory'), /unable to open database file/],
      [file, /file is not a database/],
    ] as const) {
      const line = await refusal(['--dev', '--data', path, '--port', '0']);
      assert.ok(line.startsWith(`berth: the database ${path} cannot be used: `), line);
      assert.match(line, reason);
    }
  });

  test('a database without tables, when it is not to make them', async (t) => {
    const { configFile, dataPath } = writeConfiguration(folderOf(t), '', false);
    const missing = await refusal(['--config-file', configFile, '--port', '0']);
    assert.ok(missing.startsWith(`berth: there is no database at ${dataPath}: run \`berth db sync\``), missing);
    writeFileSync(dataPath, '');
    const empty = await refusal(['--config-file', configFile, '--port', '0']);
    assert.match(empty, /^berth: the database has no tables yet: run `berth db sync`, or set `sync_on_startup = true`/);
  });
});

test('a word that it does not know is an error of usage', async () => {
  const { code, stderr } = await runBerth(['serve', '--devel']);
  assert.match(stderr, /^berth: Unknown option '--devel'[^\n]*\n$/);
  assert.equal(code, 2);
  assert.equal((await runBerth(['sing'])).code, 2);
});
