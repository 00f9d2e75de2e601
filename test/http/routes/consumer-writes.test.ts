// http-api §9.2–§9.4: what the body of an allocation write asks for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerUuid } from '../../../src/domain/ids.ts';
import { consumerWrite, consumerWrites, listFormWrite } from '../../../src/http/routes/consumer-writes.ts';

const CONSUMER = consumerUuid('9ae60315-80c2-48a0-a168-ca4f27c307e1');
const P1 = 'fcfa516a-abbe-45d1-8152-d5225d82e596';
const P2 = 'FCFA516A-ABBE-45D1-8152-D5225D82E597';

test('below 1.8 a write has no owner, no generation and no type', () => {
  const write = listFormWrite(CONSUMER, {
    allocations: [{ resource_provider: { uuid: P1 }, resources: { VCPU: 1, DISK_GB: 2 } }],
  });
  assert.deepEqual(write, {
    consumerUuid: CONSUMER,
    allocations: [
      {
        providerUuid: P1,
        resources: [
          { resourceClass: 'VCPU', amount: 1 },
          { resourceClass: 'DISK_GB', amount: 2 },
        ],
      },
    ],
    owner: null,
    generation: 'unchecked',
    consumerType: undefined,
  });
});

test('of two items for one provider the later replaces the earlier; spelling tells providers apart', () => {
  const { allocations, owner } = listFormWrite(CONSUMER, {
    allocations: [
      { resource_provider: { uuid: P1 }, resources: { VCPU: 1, DISK_GB: 2 } },
      { resource_provider: { uuid: P2 }, resources: { VCPU: 3 } },
      { resource_provider: { uuid: P2.toLowerCase() }, resources: { VCPU: 4 } },
      { resource_provider: { uuid: P1 }, resources: { MEMORY_MB: 5 } },
    ],
    project_id: 'p',
    user_id: 'u',
  });
  assert.deepEqual(
    allocations.map(({ providerUuid, resources }) => [providerUuid, resources]),
    [
      [P1, [{ resourceClass: 'MEMORY_MB', amount: 5 }]],
      [P2, [{ resourceClass: 'VCPU', amount: 3 }]],
      [P2.toLowerCase(), [{ resourceClass: 'VCPU', amount: 4 }]],
    ],
  );
  assert.deepEqual(owner, { project: 'p', user: 'u' });
});

test('an absent generation is unchecked, null says that the consumer is new', () => {
  const body = { allocations: {}, project_id: 'p', user_id: 'u' };
  assert.equal(consumerWrite(CONSUMER, body).generation, 'unchecked');
  assert.equal(consumerWrite(CONSUMER, { ...body, consumer_generation: null }).generation, null);
  assert.equal(consumerWrite(CONSUMER, { ...body, consumer_generation: 0 }).generation, 0);
  assert.equal(consumerWrite(CONSUMER, body).consumerType, undefined);
  assert.equal(consumerWrite(CONSUMER, { ...body, consumer_type: 'INSTANCE' }).consumerType, 'INSTANCE');
});

test('several consumers keep the order of the body, and their keys as sent', () => {
  const part = { allocations: { [P2]: { resources: { VCPU: 1 } } }, project_id: 'p', user_id: 'u' };
  const writes = consumerWrites({ [P2]: part, [P1]: { ...part, allocations: {} } });
  assert.deepEqual(
    writes.map((write) => [write.consumerUuid, write.allocations.map(({ providerUuid }) => providerUuid)]),
    [
      [P2, [P2]],
      [P1, []],
    ],
  );
});
