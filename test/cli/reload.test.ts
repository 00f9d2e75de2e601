// SIGHUP: the log level, policy files and the log file are taken over; what cannot be is named, and what is wrong changes
// nothing. The certificate is in tls-listener.test.ts.

import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reload } from '../../src/cli/reload.ts';
import { developmentSettings } from '../../src/config/development-settings.ts';
import { openLog } from '../../src/telemetry/log-output.ts';
import { ask, folderOf, startConfigured } from './running-service.ts';

const READER = { 'x-auth-token': 'someone:project', 'x-roles': 'reader' };

test('SIGHUP takes over policy files, and names what waits for a restart', async (t) => {
  const folder = folderOf(t);
  const berth = await startConfigured(t, folder, '[berth]\nrequest_timeout = 30');
  const { port } = new URL(berth.url);
  const traits = async () => (await ask({ port, path: '/traits', headers: READER })).status;
  assert.equal(await traits(), 403);

  writeFileSync(join(folder, 'policy.yaml'), '"placement:traits:list": "role:reader"\n');
  berth.configure('[DEFAULT]\ndebug = true\n[berth]\nrequest_timeout = 40\nlog_identifiers_key = 0123456789abcdef');
  await berth.reload();
  assert.equal(await traits(), 200);
  const [waiting = ''] = await berth.said(/wait for a restart/);
  const names = '\\[berth\\] log_identifiers_key, \\[berth\\] request_timeout';
  assert.match(waiting, new RegExp(`"level":"warn".*these options have changed and wait for a restart: ${names}"`));
  assert.doesNotMatch(berth.output.join('\n'), /0123456789abcdef/, 'names, not values');

  berth.configure('[berth]\nrequest_timeout = 30');
  await berth.reload();
  assert.equal((await berth.said(/wait for a restart/)).length, 1, 'nothing waits any more');
  assert.equal(await berth.stop(), 0);
});

test('SIGHUP with a configuration that cannot be used says all that is wrong and changes nothing', async (t) => {
  const folder = folderOf(t);
  const berth = await startConfigured(t, folder);
  const { port } = new URL(berth.url);
  berth.configure('[DEFAULT]\ndebug = perhaps\n[berth]\nworkers = none');
  writeFileSync(join(folder, 'policy.yaml'), '- no mapping\n');
  await berth.reload();
  await berth.said(/"level":"error".*\[DEFAULT\] debug from \S+placement\.conf:\d+ is not valid/);
  await berth.said(/"level":"error".*\[berth\] workers from \S+placement\.conf:\d+ is not valid/);
  await berth.said(/"level":"error".*the one from before stays in force/);
  await berth.said(/"reloaded: log, policy files, certificate"/);
  await berth.said(
    /"level":"error".*a mapping of rule names to rules is expected; the rules from before stay in force/,
  );
  assert.equal((await ask({ port, path: '/traits' })).status, 200);
  assert.equal(await berth.stop(), 0);
});

test('what a policy file could do better is a warning, no error', async (t) => {
  const folder = folderOf(t);
  const berth = await startConfigured(t, folder);
  writeFileSync(join(folder, 'policy.yaml'), '"placement:no_such_rule": "!"\n');
  await berth.reload();
  await berth.said(/"level":"warn".*placement:no_such_rule/);
  assert.equal(await berth.stop(), 0);
});

test('a reload takes over the log level, and opens a log file that was moved away anew', (t) => {
  const file = join(folderOf(t), 'berth.log');
  const log = openLog({ debug: false, file, stderr: false }, true);
  const settings = developmentSettings({ path: ':memory:' }, {});
  const load = (debug: boolean) => () => ({
    settings: { ...settings, log: { ...settings.log, debug } },
    warnings: [],
    shownOptions: [],
  });
  const reloadWith = (debug: boolean) => reload({ log, load: load(debug), started: [], service: null });
  log.logger.debug('first');
  reloadWith(true);
  log.logger.debug('second');
  renameSync(file, `${file}.1`);
  reloadWith(false);
  log.logger.debug('third');
  log.logger.info('fourth');
  log.close();
  const messages = (path: string) => readFileSync(path, 'utf8').match(/first|second|third|fourth/g);
  assert.deepEqual(messages(`${file}.1`), ['second']);
  assert.deepEqual(messages(file), ['fourth']);
});
