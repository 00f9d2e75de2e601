// Both services on one database: after each acknowledged write of the original, every read of Berth shows it (P4), while
// Berth writes too. `BERTH_TEST_SEED` replays a run.

import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type BerthProcess, runBerth } from '../support/berth-process.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { placementManage } from '../support/databases/placement-manage.ts';
import { audit } from '../support/world.ts';
import { environmentOf, startBerthOn } from './berth-on.ts';
import { type Draw, Fleet } from './expected-fleet.ts';
import { createPeer, type Json, type Peer } from './peer.ts';
import { type ReferenceService, skipWithoutReference, startReference } from './reference-service.ts';

const ROUNDS = 500;
/** Of ten writes the original makes so many. */
const ORIGINAL_OF_TEN = 7;
/** How many clients each service has at a time, and what each of them does. */
const CLIENTS = 3;
const CLAIMS = 20;

const seed = Number(process.env.BERTH_TEST_SEED ?? randomInt(2 ** 31));

const skip = skipWithoutReference();
if (skip !== false) test('coexistence with the original', { skip });
else {
  forEachDatabase(`coexistence with the original (seed ${seed})`, (database) => {
    let url: string;
    let reference: ReferenceService;
    let berth: BerthProcess;
    let original: Peer;
    let ours: Peer;

    before(async () => {
      url = await database.freshUrl();
      await placementManage(url, ['db', 'sync']);
      reference = await startReference(url);
      berth = await startBerthOn(url);
      original = createPeer(reference.url);
      ours = createPeer(berth.url);
      assert.equal((await runBerth(['db', 'coexist', 'on'], environmentOf(url))).stdout, 'on\n');
    });
    after(async () => {
      original.close();
      ours.close();
      await berth.stop();
      await reference.stop();
    });

    test('every acknowledged write of the original shows in the next read of Berth', async () => {
      const draw = drawing(seed);
      const fleet = new Fleet();
      for (let round = 0; round < ROUNDS; round += 1) {
        const byOriginal = draw([...Array(10).keys()]) < ORIGINAL_OF_TEN;
        const did = await fleet.write(byOriginal ? original : ours, draw);
        await fleet.assertSeenBy(ours, `${did} by ${byOriginal ? 'the original' : 'Berth'}, round ${round}`);
        if (round % 50 === 0) await fleet.assertSeenBy(original, `${did}, round ${round}`);
      }
    });

    test('writes at the same time leave Berth with the true picture, and it sold no more than there is', async () => {
      const [contested, berths] = await Promise.all([makeHost(original, 1_000), makeHost(ours, CLAIMS)]);
      const claims = (peer: Peer, host: string) =>
        Array.from({ length: CLIENTS }, async () => {
          for (let index = 0; index < CLAIMS; index += 1) await claimFrom(peer, host);
        });
      await Promise.all([...claims(original, contested), ...claims(ours, contested), ...claims(ours, berths)]);
      for (const host of [contested, berths]) {
        const usages = await original.expect(200, 'GET', `/resource_providers/${host}/usages`, '1.39');
        const seen = await ours.expect(200, 'GET', `/allocation_candidates?resources=VCPU:1&in_tree=${host}`, '1.39');
        const used = seen.body.provider_summaries[host]?.resources.VCPU.used ?? CLAIMS;
        assert.equal(used, usages.body.usages.VCPU);
      }
      const { findings } = await audit(url);
      // What both may take from, the original can oversell by itself (operations §4.5.6); this only Berth took from.
      assert.ok(!findings.some((finding: Json) => finding.providers.includes(berths)), JSON.stringify(findings));
      assert.deepEqual(
        findings.filter((finding: Json) => finding.check.severity === 'wrong'),
        [],
      );
    });

    test('what was written while nobody took notes shows once notes are taken', async () => {
      assert.equal((await runBerth(['db', 'coexist', 'off'], environmentOf(url))).stdout, 'off\n');
      const host = await makeHost(original, 10);
      assert.equal((await runBerth(['db', 'coexist', 'on'], environmentOf(url))).stdout, 'on\n');
      const seen = await ours.expect(200, 'GET', `/resource_providers?in_tree=${host}`, '1.39');
      assert.equal(seen.body.resource_providers.length, 1);
    });
  });
}

/** A host with VCPU; its UUID. */
async function makeHost(peer: Peer, total: number): Promise<string> {
  const uuid = randomUUID();
  await peer.expect(200, 'POST', '/resource_providers', '1.39', { uuid, name: uuid });
  const body = { resource_provider_generation: 0, inventories: { VCPU: { total } } };
  await peer.expect(200, 'PUT', `/resource_providers/${uuid}/inventories`, '1.39', body);
  return uuid;
}

/** A claim, which may be refused; the original may also fail (operations §4.5.7). */
async function claimFrom(peer: Peer, host: string): Promise<void> {
  const answer = await peer.call('PUT', `/allocations/${randomUUID()}`, '1.39', {
    allocations: { [host]: { resources: { VCPU: 1 } } },
    ...{ project_id: 'p', user_id: 'u', consumer_generation: null, consumer_type: 'INSTANCE' },
  });
  assert.ok([204, 409, 500].includes(answer.status), JSON.stringify(answer));
}

/** A repeatable choice (mulberry32). */
function drawing(start: number): Draw {
  let state = start >>> 0;
  return (values) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const chosen = values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  };
}
