// P1 under `kill -9`: clients write without pause, the process is killed, restarted and audited. Nothing acknowledged is
// lost, nothing half done shows: a write that was under way has happened whole or not at all.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type BerthProcess, startBerth, temporaryFolder } from '../support/berth-process.ts';
import { type Client, createClient } from '../support/client.ts';
import { assertClean, claimBody, expectStatus, makeProvider } from '../support/world.ts';

const ROUNDS = 6;
const WRITERS = 16;
/** A round is killed at a random moment after so many of its writes were acknowledged. */
const ACKNOWLEDGED_MIN = 25;
const SPREAD_MS = 250;

/** What a consumer may hold after the kill: what was acknowledged last, or what was under way then. */
interface Expectation {
  acknowledged: Holding;
  underWay: Holding;
}
/** VCPU on each of the two providers of a claim; undefined: the consumer does not exist. */
type Holding = { readonly amount: number; readonly generation: number } | undefined;

const folder = temporaryFolder();
let berth: BerthProcess;
after(async () => {
  await berth.kill();
  folder.remove();
});

test('what was acknowledged before kill -9 is there afterwards, whole', async (t) => {
  const dataPath = join(folder.path, 'berth.sqlite');
  berth = await startBerth(dataPath);
  let client = createClient(berth.url);
  // Each claim takes the same amount of two providers, so that half a claim would show.
  const pairs = await Promise.all(
    Array.from({ length: 4 }, async () => [
      await makeProvider(client, { VCPU: 1_000_000 }),
      await makeProvider(client, { MEMORY_MB: 1_000_000 }),
    ]),
  );
  const consumers = new Map<string, { pair: readonly string[]; expectation: Expectation }>();
  let acknowledged = 0;

  for (let round = 0; round < ROUNDS; round += 1) {
    const running = { stop: false, acknowledged: 0 };
    const writers = Array.from({ length: WRITERS }, async (_, index) => {
      const pair = pairs[index % pairs.length] ?? assert.fail();
      await writeUntilKilled(client, pair, consumers, running);
    });
    while (running.acknowledged < ACKNOWLEDGED_MIN) await pause(5);
    await pause(Math.random() * SPREAD_MS);
    await berth.kill();
    running.stop = true;
    await Promise.all(writers);
    acknowledged += running.acknowledged;
    client.close();

    berth = await startBerth(dataPath);
    client = createClient(berth.url);
    await assertClean(dataPath);
    await settle(client, consumers);
  }
  await assertUsageMatches(client, pairs, consumers);
  t.diagnostic(`${acknowledged} writes acknowledged, ${ROUNDS} kills, lost 0, half done 0`);
  client.close();
});

/** Creates, changes and deletes consumers until the connection breaks, counting the writes that were acknowledged. */
async function writeUntilKilled(
  client: Client,
  pair: readonly string[],
  consumers: Map<string, { pair: readonly string[]; expectation: Expectation }>,
  running: { readonly stop: boolean; acknowledged: number },
): Promise<void> {
  while (!running.stop) {
    const uuid = randomUUID();
    const expectation: Expectation = { acknowledged: undefined, underWay: undefined };
    consumers.set(uuid, { pair, expectation });
    const steps: readonly Holding[] = [{ amount: 1, generation: 1 }, { amount: 3, generation: 2 }, undefined];
    for (const step of steps.slice(0, 1 + Math.floor(Math.random() * steps.length))) {
      expectation.underWay = step;
      const before = expectation.acknowledged;
      try {
        const reply =
          step === undefined
            ? await client.delete(`/allocations/${uuid}`)
            : await client.put(`/allocations/${uuid}`, body(pair, step.amount, before?.generation ?? null));
        expectStatus(reply, 204);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return;
      }
      running.acknowledged += 1;
      expectation.acknowledged = step;
      expectation.underWay = undefined;
    }
  }
}

function body([cpu, memory]: readonly string[], amount: number, generation: number | null) {
  return claimBody({ [cpu ?? '']: { VCPU: amount }, [memory ?? '']: { MEMORY_MB: amount } }, generation);
}

/** Reads every consumer and finds it as it may be; from then on that is what is expected. */
async function settle(
  client: Client,
  consumers: ReadonlyMap<string, { pair: readonly string[]; expectation: Expectation }>,
): Promise<void> {
  for (const [uuid, { pair, expectation }] of consumers) {
    const { body: shown } = await client.get(`/allocations/${uuid}`);
    const [cpu, memory] = pair as [string, string];
    const amount: unknown = shown.allocations[cpu]?.resources.VCPU;
    assert.equal(shown.allocations[memory]?.resources.MEMORY_MB, amount, 'half a claim shows');
    const found: Holding = typeof amount === 'number' ? { amount, generation: shown.consumer_generation } : undefined;
    const mayBe = [expectation.acknowledged, ...('underWay' in expectation ? [expectation.underWay] : [])];
    assert.ok(
      mayBe.some((holding) => holding?.amount === found?.amount && holding?.generation === found?.generation),
      `${JSON.stringify(found)} is none of ${JSON.stringify(mayBe)}`,
    );
    expectation.acknowledged = found;
    expectation.underWay = found;
  }
}

async function assertUsageMatches(
  client: Client,
  pairs: readonly (readonly string[])[],
  consumers: ReadonlyMap<string, { pair: readonly string[]; expectation: Expectation }>,
): Promise<void> {
  for (const pair of pairs) {
    const sum = [...consumers.values()]
      .filter((consumer) => consumer.pair === pair)
      .reduce((total, consumer) => total + (consumer.expectation.acknowledged?.amount ?? 0), 0);
    const usages = await client.get(`/resource_providers/${pair[0]}/usages`);
    assert.equal(usages.body.usages.VCPU, sum);
  }
}
