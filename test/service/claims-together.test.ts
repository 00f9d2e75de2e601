// Claims that wait for one transaction are made together, and each is answered as if it had come alone: what is wrong with
// one of them is nobody else's matter.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type BerthProcess, serveBerth } from '../support/berth-process.ts';
import { type Client, createClient, type Reply } from '../support/client.ts';
import { forEachDatabase } from '../support/databases/for-each-database.ts';
import { assertClean, claim, claimBody, errorCode, errorDetail, expectStatus, makeProvider } from '../support/world.ts';
import { sampleIn } from '../telemetry/metrics-service.ts';

const ROUNDS = 5;
const CROWD = 24;

forEachDatabase('claims together', (database) => {
  let name: string;
  let place: string;
  let berth: BerthProcess;
  let client: Client;

  before(async () => {
    name = await database.server.createDatabase();
    place = database.server.url(name);
    berth = await serveBerth(['--dev', '--port', '0', '--database', place], place);
    client = createClient(berth.url);
  });
  after(async () => {
    client.close();
    await berth.stop();
    await assertClean(place);
  });

  const usageOf = async (provider: string): Promise<Record<string, number>> =>
    (await client.get(`/resource_providers/${provider}/usages`)).body.usages;

  test('good ones and bad ones at once are each answered for themselves', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await makeProvider(client, { VCPU: { total: 1000, max_unit: 10 } });
      const small = await makeProvider(client, { VCPU: 3 });
      const custom = `CUSTOM_${randomUUID().replaceAll('-', '').toUpperCase()}`;
      expectStatus(await client.put(`/resource_classes/${custom}`), 201);
      const special = await makeProvider(client, { [custom]: 100 });
      const existing = randomUUID();
      expectStatus(await claim(client, { [provider]: { VCPU: 1 } }, existing), 204);
      const other = randomUUID();
      expectStatus(await claim(client, { [provider]: { VCPU: 1 } }, other), 204);
      const project = `project ${round}`;

      const good = () => claim(client, { [provider]: { VCPU: 2 } });
      const withCustom = () => claim(client, { [special]: { [custom]: 1 }, [provider]: { VCPU: 1 } });
      const ofNewProject = () =>
        client.put(`/allocations/${randomUUID()}`, { ...claimBody({ [provider]: { VCPU: 1 } }), project_id: project });
      const unknownProvider = () => claim(client, { [randomUUID()]: { VCPU: 1 } });
      const unknownClass = () => claim(client, { [provider]: { CUSTOM_NOWHERE: 1 } });
      const tooMuch = () => claim(client, { [provider]: { VCPU: 11 } });
      const taken = () => claim(client, { [provider]: { VCPU: 1 } }, existing);
      const outdated = () => claim(client, { [provider]: { VCPU: 1 } }, other, 7);

      const calls: (() => Promise<Reply>)[] = [];
      for (let index = 0; index < CROWD; index += 1) calls.push(good, good, ofNewProject);
      calls.splice(5, 0, unknownProvider, tooMuch, outdated);
      calls.splice(11, 0, taken, unknownClass, withCustom);
      calls.splice(20, 0, ...Array.from({ length: 5 }, () => () => claim(client, { [small]: { VCPU: 1 } })));
      const replies = await Promise.all(calls.map((call) => call()));

      const of = (call: () => Promise<Reply>) => replies.filter((_, index) => calls[index] === call);
      for (const reply of [...of(good), ...of(ofNewProject), ...of(withCustom)]) expectStatus(reply, 204);
      for (const reply of [...of(unknownProvider), ...of(unknownClass)]) expectStatus(reply, 400);
      for (const reply of of(tooMuch))
        assert.match(errorDetail(expectStatus(reply, 409)), /violates? .*constraint|unit/i);
      for (const reply of [...of(taken), ...of(outdated)])
        assert.equal(errorCode(expectStatus(reply, 409)), 'placement.concurrent_update');
      const onSmall = replies.filter((_, index) => index >= 20 && index < 25);
      assert.deepEqual(onSmall.map(({ status }) => status).sort(), [204, 204, 204, 409, 409]);

      assert.deepEqual(await usageOf(provider), { VCPU: 2 + 2 * CROWD * 2 + CROWD + 1 });
      assert.deepEqual(await usageOf(small), { VCPU: 3 });
      assert.deepEqual(await usageOf(special), { [custom]: 1 });
      const { body } = await client.get(`/usages?project_id=${encodeURIComponent(project)}`);
      assert.deepEqual(body.usages, { INSTANCE: { consumer_count: CROWD, VCPU: CROWD } });
    }
  });

  test('of several for one new consumer one is made, whole', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const providers = await Promise.all([1, 2, 3, 4].map(() => makeProvider(client, { VCPU: 10 })));
      const consumer = randomUUID();
      const replies = await Promise.all(
        providers.flatMap((provider) => [
          claim(client, { [provider]: { VCPU: 3 } }, consumer),
          claim(client, { [provider]: { VCPU: 1 } }),
        ]),
      );
      const forOne = replies.filter((_, index) => index % 2 === 0);
      assert.deepEqual(forOne.map(({ status }) => status).sort(), [204, 409, 409, 409]);
      for (const reply of replies.filter((_, index) => index % 2 === 1)) expectStatus(reply, 204);
      const { body } = await client.get(`/allocations/${consumer}`);
      assert.equal(body.consumer_generation, 1);
      const held = Object.values<{ resources: object }>(body.allocations).map(({ resources }) => resources);
      assert.deepEqual(held, [{ VCPU: 3 }]);
    }
  });

  test('consumers that are there already advance with those that are made', async () => {
    const provider = await makeProvider(client, { VCPU: 10_000 });
    const consumers = Array.from({ length: CROWD }, () => randomUUID());
    for (let round = 0; round < ROUNDS; round += 1) {
      const generation = round === 0 ? null : round;
      const replies = await Promise.all([
        ...consumers.map((consumer) => claim(client, { [provider]: { VCPU: round + 1 } }, consumer, generation)),
        ...consumers.map(() => claim(client, { [provider]: { VCPU: 1 } })),
      ]);
      for (const reply of replies) expectStatus(reply, 204);
      assert.deepEqual(await usageOf(provider), { VCPU: CROWD * (round + 1) + CROWD * (round + 1) });
    }
    const { body } = await client.get(`/allocations/${consumers[0]}`);
    assert.equal(body.consumer_generation, ROUNDS);
  });

  test('one that is refused does not cost the others a commit each', async () => {
    const commits = async (): Promise<number> => {
      const metrics = await (await fetch(`${berth.url}/berth/metrics`)).text();
      return sampleIn(metrics, 'berth_write_commit_requests_count') ?? 0;
    };
    const provider = await makeProvider(client, { VCPU: 10_000 });
    const existing = randomUUID();
    expectStatus(await claim(client, { [provider]: { VCPU: 1 } }, existing), 204);
    const before = await commits();
    for (let round = 0; round < ROUNDS; round += 1) {
      const good = () => Array.from({ length: CROWD }, () => claim(client, { [provider]: { VCPU: 1 } }));
      const taken = () => [claim(client, { [provider]: { VCPU: 1 } }, existing)];
      const replies = await Promise.all([...good(), ...taken(), ...good()]);
      assert.deepEqual(
        replies.map(({ status }) => status),
        replies.map((_, index) => (index === CROWD ? 409 : 204)),
      );
    }
    const made = (await commits()) - before;
    assert.ok(made <= (ROUNDS * 2 * CROWD) / 3, `${made} commits`);
  });

  test('what new ones hold without a record is replaced, whoever comes along with them', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const provider = await makeProvider(client, { VCPU: 1_000 });
      const consumers = Array.from({ length: CROWD }, () => randomUUID());
      const holders = consumers.filter((_, index) => index % 11 === 3);
      await database.server.run(
        name,
        `INSERT INTO allocations (resource_provider_id, consumer_id, resource_class_id, used) ${holders
          .map((uuid) => `SELECT id, '${uuid}', 0, 5 FROM resource_providers WHERE uuid = '${provider}'`)
          .join(' UNION ALL ')};`,
      );
      const replies = await Promise.all(consumers.map((uuid) => claim(client, { [provider]: { VCPU: 1 } }, uuid)));
      for (const reply of replies) expectStatus(reply, 204);
      // Asked behind Berth's back, as the rows were made: no service hears of such rows unless it is told.
      const [sum] = await database.server.run(
        name,
        `SELECT sum(used) AS used FROM allocations WHERE resource_provider_id =
           (SELECT id FROM resource_providers WHERE uuid = '${provider}');`,
      );
      assert.equal(Number(sum?.used), CROWD);
    }
  });
});
