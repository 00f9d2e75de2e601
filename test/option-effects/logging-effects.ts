// [DEFAULT]: the log, seen as an operator does, from outside the process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BERTH } from '../support/berth-process.ts';
import { writeConfiguration } from '../support/configuration.ts';
import { folderFor, startConfigured } from '../support/configured-service.ts';
import type { Effect } from './effect.ts';

interface Said {
  readonly stdout: string;
  readonly stderr: string;
  /** Content of a file of the folder; null: it is not there. */
  readonly file: (name: string) => string | null;
}

/** What a service with these lines in [DEFAULT] says until it listens and is stopped. `%` is a folder of its own. */
async function said(t: TestContext, lines: string): Promise<Said> {
  const folder = folderFor(t);
  const sections = `[berth]\nport = 0\n[DEFAULT]\n${lines.replaceAll('%', folder)}`;
  const { configFile } = writeConfiguration(folder, sections);
  const child = spawn(BERTH, ['serve', '--config-file', configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      texts[name] += String(chunk);
    });
  }
  const file = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null);
  const listens = () => [texts.stdout, texts.stderr, ...['own.log', 'berth.log'].map(file)].some(hasListening);
  while (!listens() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
  return { ...texts, file };
}

function hasListening(text: string | null): boolean {
  return text?.includes('"msg":"listening"') === true;
}

export const loggingEffects: readonly Effect[] = [
  {
    options: ['[DEFAULT] debug', '[DEFAULT] log_options'],
    shows: 'at level debug all options are written, unless log_options says no',
    proof: async (t) => {
      assert.doesNotMatch((await said(t, 'debug = false')).stdout, /"level":"debug"/);
      assert.match((await said(t, 'debug = true')).stdout, /"level":"debug".*"option":"\[berth\] port"/);
      assert.doesNotMatch((await said(t, 'debug = true\nlog_options = false')).stdout, /"msg":"option"/);
    },
  },
  {
    options: ['[DEFAULT] log_file', '[DEFAULT] log_dir'],
    shows: 'the log is in the file, relative to log_dir, which alone names it after the program',
    proof: async (t) => {
      const inFile = await said(t, 'log_file = %/own.log');
      assert.ok(hasListening(inFile.file('own.log')));
      assert.equal(inFile.stdout, '');
      assert.ok(hasListening((await said(t, 'log_dir = %\nlog_file = own.log')).file('own.log')));
      assert.ok(hasListening((await said(t, 'log_dir = %')).file('berth.log')));
    },
  },
  {
    options: ['[DEFAULT] use_stderr'],
    shows: 'the log is on standard error, beside a file',
    proof: async (t) => {
      const { stdout, stderr, file } = await said(t, 'use_stderr = true\nlog_file = %/own.log');
      assert.ok(hasListening(stderr) && hasListening(file('own.log')));
      assert.equal(stdout, '');
    },
  },
  {
    options: ['[DEFAULT] tempdir', '[DEFAULT] pybasedir', '[DEFAULT] state_path'],
    shows: 'they stand in other values',
    proof: async (t) => {
      const prefix = async (lines: string) => {
        const { ask } = await startConfigured(t, lines);
        const statuses = await Promise.all(['/one/', '/two/'].map(async (path) => (await ask('GET', path)).status));
        return ['/one', '/two'].filter((_path, index) => statuses[index] === 200).join();
      };
      assert.equal(await prefix('[DEFAULT]\ntempdir = /one\n[berth]\nmount_prefix = $tempdir'), '/one');
      assert.equal(await prefix('[DEFAULT]\npybasedir = /one\n[berth]\nmount_prefix = $state_path'), '/one');
      assert.equal(await prefix('[DEFAULT]\nstate_path = /two\n[berth]\nmount_prefix = $state_path'), '/two');
    },
  },
];
