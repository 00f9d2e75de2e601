// P4: what one process has acknowledged, a read through another process shows, whatever it reads.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BerthProcess, startBerth, temporaryFolder } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { claim, expectStatus, makeProvider } from '../support/world.ts';

const ROUNDS = 200;

const folder = temporaryFolder();
let processes: readonly BerthProcess[];
let writer: Client;
let reader: Client;

before(async () => {
  const dataPath = join(folder.path, 'berth.sqlite');
  processes = [await startBerth(dataPath), await startBerth(dataPath)];
  [writer, reader] = processes.map((process) => createClient(process.url)) as [Client, Client];
});
after(async () => {
  writer.close();
  reader.close();
  for (const process of processes) await process.stop();
  folder.remove();
});

test('every acknowledged write shows in the next read through the other process', async () => {
  const provider = await makeProvider(writer, { VCPU: ROUNDS });
  for (let round = 1; round <= ROUNDS; round += 1) {
    const consumer = randomUUID();
    expectStatus(await claim(writer, { [provider]: { VCPU: 1 } }, consumer), 204);
    const [candidates, held, usages] = await Promise.all([
      reader.get(`/allocation_candidates?resources=VCPU:1&in_tree=${provider}`),
      reader.get(`/allocations/${consumer}`),
      reader.get(`/resource_providers/${provider}/usages`),
    ]);
    const summary = candidates.body.provider_summaries[provider]?.resources.VCPU;
    assert.deepEqual(summary, round === ROUNDS ? undefined : { capacity: ROUNDS, used: round });
    assert.deepEqual(Object.keys(held.body.allocations), [provider]);
    assert.equal(usages.body.usages.VCPU, round);
  }
});

test('providers, traits and classes made, renamed and deleted through one are so through the other', async () => {
  for (let round = 0; round < 20; round += 1) {
    const suffix = randomUUID().replaceAll('-', '').toUpperCase();
    const [trait, resourceClass, renamed] = [`CUSTOM_T_${suffix}`, `CUSTOM_C_${suffix}`, `CUSTOM_R_${suffix}`];
    expectStatus(await writer.put(`/traits/${trait}`), 201);
    expectStatus(await writer.put(`/resource_classes/${resourceClass}`), 201);
    const provider = await makeProvider(writer, { [resourceClass]: 4 });
    const traits = { traits: [trait], resource_provider_generation: 1 };
    expectStatus(await writer.put(`/resource_providers/${provider}/traits`, traits), 200);
    const found = await reader.get(`/resource_providers?resources=${resourceClass}:1&required=${trait}`);
    assert.deepEqual(
      found.body.resource_providers.map((each: { uuid: string }) => each.uuid),
      [provider],
    );

    expectStatus(await writer.at('1.6').put(`/resource_classes/${resourceClass}`, { name: renamed }), 200);
    expectStatus(await reader.get(`/allocation_candidates?resources=${resourceClass}:1`), 400);
    const candidates = expectStatus(await reader.get(`/allocation_candidates?resources=${renamed}:1`), 200);
    assert.equal(candidates.body.allocation_requests.length, 1);

    expectStatus(await writer.delete(`/resource_providers/${provider}`), 204);
    const gone = await reader.get(`/resource_providers?required=${trait}`);
    assert.deepEqual(gone.body.resource_providers, []);
  }
});
