// Berth started before its database, or with an address of it that cannot be right.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runBerth } from '../support/berth-process.ts';
import { assertClean, expectStatus, makeProvider } from '../support/world.ts';
import { type FaultServiceOptions, OWN_SERVERS, startFaultService, writeConfiguration } from './fault-service.ts';
import { administratorOf } from './server-administration.ts';

describe('a database at start', { concurrency: true, timeout: 120_000 }, () => {
  for (const { title, skip, start } of OWN_SERVERS) {
    test(`is waited for, and a wrong address is refused at once, ${title}`, { skip }, async () => {
      const server = await start();
      const database = await server.createDatabase();
      const url = await administratorOf(server, database).makeUser();

      const wrongPassword = await refusal({ url: url.replace('a-password', 'another-password') });
      assert.match(wrongPassword, /(Access denied|password authentication failed) for user .berth_user/);
      assert.doesNotMatch(wrongPassword, /another-password/);
      assert.match(await refusal({ url: url.replace(database, 'no_such_database') }), /no_such_database/);

      await server.stop();
      assert.match(await refusal({ url, startAttempts: 2 }), /ECONNREFUSED/);
      const starting = startFaultService({ url, deadlineSeconds: 2, startAttempts: 60 });
      await pause(2_500);
      await server.start();
      const { berth, client } = await starting;
      const provider = await makeProvider(client, { VCPU: 1 });
      expectStatus(await client.get(`/resource_providers/${provider}`), 200);
      await assertClean(url);
      assert.equal(await berth.stop(), 0);
    });
  }
});

/** The one line with which Berth refuses to start. */
async function refusal(options: Omit<FaultServiceOptions, 'deadlineSeconds'>): Promise<string> {
  const configuration = writeConfiguration({ ...options, deadlineSeconds: 2 });
  try {
    const { code, stderr } = await runBerth(['serve', '--config-file', configuration.path]);
    assert.equal(code, 1);
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, 1, stderr);
    assert.match(stderr, /^berth: the database cannot be used: /);
    return stderr;
  } finally {
    configuration.remove();
  }
}
