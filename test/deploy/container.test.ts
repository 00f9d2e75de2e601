// deploy/Containerfile, as far as that shows without a container engine: its files are there, its user is not root, its
// Node.js is the one that the tests run on, and its health check tells a service that is ready from one that is not.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folderOf, startConfigured } from '../cli/running-service.ts';
import { runProgram } from '../support/berth-process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Instructions and their arguments; continued lines joined, comments gone. */
const INSTRUCTIONS = readFileSync(join(ROOT, 'deploy/Containerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));

function argumentsOf(instruction: string): readonly string[] {
  return INSTRUCTIONS.filter(({ name }) => name === instruction).map(({ rest }) => rest);
}

test('every line is an instruction, and the last stage ends as a service does', () => {
  const known = /^(FROM|WORKDIR|COPY|RUN|USER|ENV|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/;
  for (const { name } of INSTRUCTIONS) assert.match(name, known);
  assert.equal(argumentsOf('FROM').length, 2, 'what builds it is not in it');
  assert.match(String(argumentsOf('USER').at(-1)), /^[1-9]\d*:[1-9]\d*$/, 'a number, for engines that ask for one');
  assert.deepEqual(
    [...argumentsOf('ENTRYPOINT'), ...argumentsOf('CMD')].map((text) => JSON.parse(text)),
    [['/usr/bin/berth'], ['serve']],
  );
});

test('what it copies is there', () => {
  const copied = argumentsOf('COPY').filter((rest) => !rest.startsWith('--from='));
  for (const path of copied.flatMap((rest) => rest.split(' ').slice(0, -1))) {
    assert.ok(existsSync(join(ROOT, path)), path);
  }
});

test('its Node.js is the pinned one', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const [major] = String(devDependencies.node).split('.');
  for (const image of argumentsOf('FROM')) assert.match(image, new RegExp(`^node:${major}-`));
});

test('its health check', async (t) => {
  const [program = '', ...words] = JSON.parse(String(/CMD (.*)$/.exec(String(argumentsOf('HEALTHCHECK')[0]))?.[1]));
  const berth = await startConfigured(t, folderOf(t));
  const { port } = new URL(berth.url);
  const environment = { OS_BERTH__PORT: port, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  assert.equal((await runProgram(program, words, environment)).code, 0);
  await berth.stop();
  assert.equal((await runProgram(program, words, environment)).code, 1);
});
