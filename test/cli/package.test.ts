// The package that `npm pack` makes: installed in an empty folder, its commands work, on the JavaScript in dist/. Its
// dependencies are those of this folder, so nothing is fetched.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, temporaryFolder } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMANDS = ['berth', 'placement-manage', 'placement-status'];

describe('the package', () => {
  const folder = temporaryFolder();
  const modules = join(folder.path, 'node_modules');
  const command = (name: string) => join(modules, '.bin', name);
  /** This Node.js and the system's tools. */
  const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

  before(() => {
    mkdirSync(join(modules, '.bin'), { recursive: true });
    // npm puts an `npm_…` variable for everything into the environment of a script that it runs, which would rule here.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder.path], { cwd: ROOT, env, stdio: 'ignore' });
    const archive = readdirSync(folder.path).find((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['-xzf', join(folder.path, String(archive)), '-C', modules]);
    execFileSync('mv', [join(modules, 'package'), join(modules, 'berth')]);
    symlinkSync(join(ROOT, 'node_modules'), join(modules, 'berth', 'node_modules'));
    const { bin } = JSON.parse(execFileSync('cat', [join(modules, 'berth', 'package.json')], { encoding: 'utf8' }));
    for (const [name, path] of Object.entries(bin)) symlinkSync(join('../berth', String(path)), command(name));
  });
  after(() => folder.remove());

  test('has the commands, old names included, and what an operator begins with', () => {
    assert.deepEqual(readdirSync(join(modules, '.bin')).sort(), COMMANDS);
    const files = readdirSync(join(modules, 'berth'), { recursive: true }).map(String);
    for (const name of ['README.md', 'LICENSE', 'deploy/berth.service', 'docs/deployment.md', 'dist/cli/main.js']) {
      assert.ok(files.includes(name), `${name} is missing`);
    }
    assert.deepEqual(
      files.filter((name) => /^(?:src|test)\//.test(name)),
      [],
    );
  });

  test('its commands work on a database that they make', async () => {
    const { configFile } = writeConfiguration(folder.path);
    const run = (name: string, ...words: readonly string[]) => runProgram(command(name), words, { PATH });
    const done = { code: 0, stdout: '', stderr: '' };
    assert.deepEqual(await run('placement-manage', '--config-file', configFile, 'db', 'sync'), done);
    assert.equal((await run('placement-status', '--config-file', configFile, 'upgrade', 'check')).code, 0);
    assert.match((await run('berth', 'db', 'audit', '--config-file', configFile)).stdout, /Nothing is wrong/);
  });

  test('says what it needs on an older Node.js, and without any', async () => {
    const old = join(folder.path, 'old');
    mkdirSync(old);
    writeFileSync(join(old, 'node'), '#!/bin/sh\n[ "$1" = --version ] && echo v20.1.0 || echo 20\n');
    chmodSync(join(old, 'node'), 0o755);
    assert.deepEqual(await runProgram(command('berth'), ['--version'], { PATH: `${old}:/usr/bin:/bin` }), {
      code: 1,
      stdout: '',
      stderr:
        'berth: this is Node.js v20.1.0; Berth needs 24 or newer.\n' +
        'berth: install a newer Node.js, or run `npm install node` where you have installed Berth.\n',
    });
    const tools = join(folder.path, 'tools');
    mkdirSync(tools);
    for (const tool of ['dirname', 'readlink']) symlinkSync(join('/usr/bin', tool), join(tools, tool));
    const { code, stderr } = await runProgram(command('berth'), ['--version'], { PATH: tools });
    assert.match(stderr, /^berth: Node\.js was not found\. Install Node\.js 24 or newer, or run `npm install node`/);
    assert.equal(code, 1);
  });

  test('takes the Node.js that npm has installed beside it', async () => {
    mkdirSync(join(modules, 'node', 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(modules, 'node', 'bin', 'node'));
    const { code, stdout } = await runProgram(command('berth'), ['--version'], { PATH: '/usr/bin:/bin' });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(code, 0);
  });
});
