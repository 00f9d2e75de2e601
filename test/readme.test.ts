// What README.md shows is what a run prints: its `console` blocks are typed into one shell, in their order, against a
// fresh service, and every output is compared. Request ids are shown there as `req-…`.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BERTH, temporaryFolder } from './support/berth-process.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const SHOWN_URL = 'http://127.0.0.1:8778';
const END_OF_OUTPUT = '-- end of output --';

interface Command {
  readonly text: string;
  readonly output: string;
}

/** The contents of the fenced blocks of a language. */
function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] ?? '');
}

/** `$ ` begins a command, `> ` continues it, anything else is its output. */
function commandsOf(block: string): readonly Command[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const lines = part.trimEnd().split('\n');
      const output = lines.findIndex((line, index) => index > 0 && !line.startsWith('> '));
      const end = output === -1 ? lines.length : output;
      const text = lines.slice(0, end).map((line, index) => (index === 0 ? line : line.slice(2)));
      return { text: text.join('\n'), output: lines.slice(end).join('\n') };
    });
}

function transcript(commands: readonly Command[]): string {
  return commands.map(({ text, output }) => `$ ${text}\n${output}`).join('\n');
}

function hasOpenstack(): boolean {
  return spawnSync('openstack', ['help', 'resource', 'provider', 'list'], { stdio: 'ignore' }).status === 0;
}

const leaveOutOpenstack = !process.env.CI && !hasOpenstack();
if (leaveOutOpenstack)
  process.stderr.write('WARNING: not tested: the openstack command of the README is missing here\n');

describe('README.md', () => {
  const folder = temporaryFolder();
  const berth = spawn(BERTH, ['serve', '--dev', '--port', '0', '--data', 'var/berth.sqlite'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let url = '';
  let welcome = '';

  before(async () => {
    mkdirSync(join(folder.path, 'bin'));
    symlinkSync(BERTH, join(folder.path, 'bin/berth'));
    while (!welcome.endsWith('Ctrl-C.\n')) welcome += String((await once(berth.stdout, 'data'))[0]);
    url = /http:\S+/.exec(welcome)?.[0] ?? '';
  });
  after(async () => {
    berth.kill('SIGTERM');
    await once(berth, 'exit');
    folder.remove();
  });

  test('shows what the service prints when it starts', () => {
    assert.ok(blocks('text').includes(welcome.replaceAll(url, SHOWN_URL)), welcome);
  });

  test('shows commands with the output that they have', async () => {
    const commands = blocks('console')
      .filter((block) => !leaveOutOpenstack || !block.includes('$ openstack'))
      .flatMap(commandsOf);
    assert.ok(commands.length > 20);
    const shell = spawn('bash', [], {
      cwd: folder.path,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder.path, LC_ALL: 'C.UTF-8' },
    });
    shell.stdin.end(
      commands
        .map(({ text }) => `${text}\necho '${END_OF_OUTPUT}'\n`)
        .join('')
        .replaceAll(SHOWN_URL, url),
    );
    let printed = '';
    shell.stdout.on('data', (chunk) => {
      printed += String(chunk);
    });
    let complaints = '';
    shell.stderr.on('data', (chunk) => {
      complaints += String(chunk);
    });
    await once(shell, 'close');

    const outputs = printed
      .replaceAll(url, SHOWN_URL)
      .replaceAll(/req-[0-9a-f-]{36}/g, 'req-…')
      .split(`${END_OF_OUTPUT}\n`);
    const found = commands.map(({ text }, index) => ({ text, output: outputs[index]?.trimEnd() ?? 'nothing' }));
    const different = found.filter(({ output }, index) => output !== commands[index]?.output);
    assert.equal(transcript(different), '', `printed something else than README.md says; complaints: ${complaints}`);
  });

  test('links to what is there', () => {
    const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    assert.ok(links.length > 4);
    for (const link of links) {
      assert.ok(existsSync(fileURLToPath(new URL(`../${link}`, import.meta.url))), `${link} is not there`);
    }
  });
});
