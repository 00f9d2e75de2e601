// Two services claim from the same providers by turns. What memory knows of them is out of date each time, and yet the claims
// that wait together are made together.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { serveTwoProcesses } from '../support/two-processes.ts';
import { claim, expectStatus, makeProvider, statusesOf } from '../support/world.ts';

const ROUNDS = 10;
const CROWD = 24;

forEachDatabase('claims beside those of another service', (database) => {
  const client = serveTwoProcesses(database);

  async function commitsOf(index: number): Promise<number> {
    const text = String(expectStatus(await client(index).get('/berth/metrics'), 200).body);
    return Number(/^berth_write_commit_requests_count (\d+)$/m.exec(text)?.[1] ?? assert.fail(text));
  }

  test('claims that wait together are made together, whoever wrote before', async (t) => {
    const providers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => makeProvider(client(index), { VCPU: 10_000 })),
    );
    const claims = (index: number) =>
      statusesOf(
        Array.from({ length: CROWD }, (_, number) =>
          claim(client(index), { [providers[number % providers.length] ?? '']: { VCPU: 1 } }),
        ),
      );
    for (const index of [0, 1]) {
      expectStatus(await client(index).get('/allocation_candidates?resources=VCPU:1'), 200);
      assert.deepEqual(await claims(index), { 204: CROWD });
    }
    const before = (await commitsOf(0)) + (await commitsOf(1));
    for (let round = 0; round < ROUNDS; round += 1) assert.deepEqual(await claims(round), { 204: CROWD });
    const commits = (await commitsOf(0)) + (await commitsOf(1)) - before;
    t.diagnostic(`${ROUNDS * CROWD} claims in ${commits} commits`);
    assert.ok(commits < (ROUNDS * CROWD) / 2, `${commits} commits`);

    for (const provider of providers) {
      const { body } = await client(1).get(`/resource_providers/${provider}/usages`);
      assert.equal(body.usages.VCPU, ((ROUNDS + 2) * CROWD) / providers.length);
    }
  });
});
