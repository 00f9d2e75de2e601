// The server takes long over a COMMIT, so long that Berth gives the connection up and asks on another one what became of
// it: a standby that does not acknowledge, a backup that holds commits back. Berth waits for the end of the lost
// transaction rather than taking "not yet" for "no".

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connectTo } from '../support/databases/connect.ts';
import type { DatabaseServer } from '../support/databases/database-server.ts';
import { assertClean, claim, expectStatus } from '../support/world.ts';
import { OWN_SERVERS, startFaultService } from './fault-service.ts';

const DEADLINE_S = 4;
/** Longer than a statement may take, which is half the deadline; shorter than the deadline. */
const HELD_MS = 2_600;

describe('a COMMIT that takes long', { concurrency: true, timeout: 120_000 }, () => {
  for (const { title, skip, start } of OWN_SERVERS) {
    test(`is made once, ${title}`, { skip }, async () => {
      const server = await start();
      const url = server.url(await server.createDatabase());
      // The second process has nothing to seed: the held COMMIT is the first of its lane, and registers it.
      await (await startFaultService({ url, deadlineSeconds: DEADLINE_S })).berth.stop();
      const { client } = await startFaultService({ url, deadlineSeconds: DEADLINE_S });
      const uuid = randomUUID();
      const consumer = randomUUID();
      const steps = [
        () => client.post('/resource_providers', { uuid, name: uuid }),
        () =>
          client.put(`/resource_providers/${uuid}/inventories`, {
            resource_provider_generation: 0,
            inventories: { VCPU: { total: 10 } },
          }),
        () => claim(client, { [uuid]: { VCPU: 1 } }, consumer),
        () => claim(client, { [uuid]: { VCPU: 2 } }, consumer, 1),
      ];
      for (const step of steps) {
        const release = await holdCommits(server);
        const answered = step();
        await pause(HELD_MS);
        await release();
        expectStatus(await answered, 200, 204);
      }
      const { body } = await client.get(`/resource_providers/${uuid}`);
      assert.equal(body.generation, 3);
      await assertClean(url);
    });
  }
});

/** Lets no transaction commit until the returned function is called. */
async function holdCommits(server: DatabaseServer): Promise<() => Promise<void>> {
  if (server.kind === 'postgresql') {
    await setStandby(server, "ALTER SYSTEM SET synchronous_standby_names = 'nobody';");
    return () => setStandby(server, 'ALTER SYSTEM RESET synchronous_standby_names;');
  }
  const backup = await connectTo(server, 'mysql');
  for (const stage of ['START', 'FLUSH', 'BLOCK_DDL', 'BLOCK_COMMIT']) await backup.command(`BACKUP STAGE ${stage}`);
  return async () => {
    await backup.command('BACKUP STAGE END');
    backup.close();
  };
}

async function setStandby(server: DatabaseServer, text: string): Promise<void> {
  await server.run('postgres', text);
  await server.run('postgres', 'SELECT pg_reload_conf();');
}
