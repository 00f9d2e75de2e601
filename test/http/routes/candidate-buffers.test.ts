// Large answers take turns with the same memory. What a client is still to be sent, and what is kept, stays as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationAnswer } from '../../../src/http/operation.ts';
import { type Ask, bodyOf, openRoutes } from './routes-service.ts';

const HOSTS = 700;

async function provideHosts(ask: Ask): Promise<void> {
  for (let index = 0; index < HOSTS; index++) {
    const uuid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    await ask('POST', '/resource_providers', { body: { name: uuid, uuid } });
    await ask('PUT', `/resource_providers/${uuid}/inventories`, {
      body: { resource_provider_generation: 0, inventories: { VCPU: { total: 64 } } },
    });
  }
}

function search(ask: Ask, amount: number): Promise<OperationAnswer> {
  return ask('GET', '/allocation_candidates', { query: [['resources', `VCPU:${amount}`]] });
}

/** Every request of the answer is for that amount, and of another host. */
function assertShows(answer: OperationAnswer, amount: number): void {
  const { allocation_requests: requests, provider_summaries: summaries } = bodyOf(answer);
  const uuids = new Set<string>();
  for (const { allocations } of requests) {
    for (const [uuid, { resources }] of Object.entries<{ resources: object }>(allocations)) {
      uuids.add(uuid);
      assert.deepEqual(resources, { VCPU: amount });
    }
  }
  assert.deepEqual([uuids.size, Object.keys(summaries).length], [HOSTS, HOSTS]);
}

test('an answer is its own until it is sent, and one that is kept for ever', async (t) => {
  const ask = await openRoutes(t);
  await provideHosts(ask);
  const open: (OperationAnswer & { readonly amount: number })[] = [];
  for (let amount = 1; amount <= 12; amount++) {
    open.push({ ...(await search(ask, amount)), amount });
    for (const answer of open) assertShows(answer, answer.amount);
    // Clients have theirs in any order.
    if (amount % 3 === 0) open.splice(amount % 2, 1)[0]?.sent?.();
  }

  await search(ask, 20);
  const kept = await search(ask, 20);
  assert.equal((await search(ask, 20)).pieces, kept.pieces);
  kept.sent?.();
  for (let amount = 30; amount < 40; amount++) (await search(ask, amount)).sent?.();
  assertShows(kept, 20);
  assertShows(await search(ask, 20), 20);
});

test('memory is used again', async (t) => {
  const ask = await openRoutes(t);
  await provideHosts(ask);
  const buffersOf = ({ pieces = [] }: OperationAnswer) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : piece.buffer));
  const first = await search(ask, 1);
  const buffers = buffersOf(first);
  first.sent?.();
  assert.equal(buffersOf(await search(ask, 2))[0], buffers[0]);
  assert.notEqual(buffersOf(await search(ask, 3))[0], buffers[0]);
});
