// http-api §9.7, §10, §11: what consumers hold and what is used, at which microversion.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Consumer } from '../../../src/domain/consumer.ts';
import { type ConsumerId, consumerUuid, providerUuid } from '../../../src/domain/ids.ts';
import { MINOR_MAX, microversion } from '../../../src/domain/microversion.ts';
import { consumerAllocationsText, providerAllocationsText } from '../../../src/http/routes/allocation-texts.ts';
import { usagesByTypeText, usagesText } from '../../../src/http/routes/usage-texts.ts';
import type { ConsumerAllocations } from '../../../src/operations/allocations.ts';
import { branded, COMPUTE, STORAGE } from './small-world.ts';

const CONSUMER: Consumer = {
  id: branded<ConsumerId>(1),
  uuid: consumerUuid('9ae60315-80c2-48a0-a168-ca4f27c307e1'),
  project: 'p1',
  user: 'u1',
  generation: 3,
  consumerType: 'INSTANCE',
};
const HELD: ConsumerAllocations = {
  consumer: CONSUMER,
  newest: null,
  providers: [
    { uuid: providerUuid(COMPUTE), generation: 8, resources: [{ resourceClass: 'VCPU', used: 2 }] },
    { uuid: providerUuid(STORAGE), generation: 2, resources: [{ resourceClass: 'DISK_GB', used: 5 }] },
  ],
};

for (let minor = 0; minor <= MINOR_MAX; minor += 1) {
  test(`at 1.${minor} a consumer shows its allocations, and as much of itself as there is by then`, () => {
    assert.deepEqual(JSON.parse(consumerAllocationsText(HELD, microversion(minor))), {
      allocations: {
        [COMPUTE]: { generation: 8, resources: { VCPU: 2 } },
        [STORAGE]: { generation: 2, resources: { DISK_GB: 5 } },
      },
      ...(minor >= 12 ? { project_id: 'p1', user_id: 'u1' } : {}),
      ...(minor >= 28 ? { consumer_generation: 3 } : {}),
      ...(minor >= 38 ? { consumer_type: 'INSTANCE' } : {}),
    });
  });

  test(`at 1.${minor} a consumer without allocations shows nothing of itself`, () => {
    for (const nothing of [null, { ...HELD, providers: [] }]) {
      assert.equal(consumerAllocationsText(nothing, microversion(minor)), '{"allocations":{}}');
    }
  });

  test(`at 1.${minor} a provider shows its consumers`, () => {
    const held = {
      generation: 12,
      newest: null,
      consumers: [{ uuid: CONSUMER.uuid, generation: 3, resources: [{ resourceClass: 'VCPU', used: 2 }] }],
    };
    assert.deepEqual(JSON.parse(providerAllocationsText(held, microversion(minor))), {
      resource_provider_generation: 12,
      allocations: {
        [CONSUMER.uuid]: { resources: { VCPU: 2 }, ...(minor >= 28 ? { consumer_generation: 3 } : {}) },
      },
    });
    assert.deepEqual(
      JSON.parse(providerAllocationsText({ ...held, consumers: [] }, microversion(minor))).allocations,
      {},
    );
  });
}

test('a consumer whose type was never set is of type unknown', () => {
  const held = { ...HELD, consumer: { ...CONSUMER, consumerType: null } };
  assert.equal(JSON.parse(consumerAllocationsText(held, microversion(38))).consumer_type, 'unknown');
});

test('usages are sums by class, and from 1.38 groups by type', () => {
  const used = [
    { resourceClass: 'VCPU', used: 7 },
    { resourceClass: 'DISK_GB', used: 0 },
  ];
  assert.equal(usagesText(used), '{"VCPU":7,"DISK_GB":0}');
  assert.equal(usagesText([]), '{}');
  assert.deepEqual(
    JSON.parse(
      usagesByTypeText([
        { consumerType: 'INSTANCE', consumerCount: 2, usages: used },
        { consumerType: '42', consumerCount: 1, usages: [] },
      ]),
    ),
    { INSTANCE: { consumer_count: 2, VCPU: 7, DISK_GB: 0 }, 42: { consumer_count: 1 } },
  );
});
