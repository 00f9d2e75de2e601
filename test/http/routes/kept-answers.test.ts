// An answer is given again while nothing changes, and never after.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microversion } from '../../../src/domain/microversion.ts';
import type { QueryPairs } from '../../../src/http/operation.ts';
import { KeptAnswers, questionText } from '../../../src/http/routes/kept-answers.ts';
import { type Ask, bodyOf, openRoutes } from './routes-service.ts';

const HOST = '00000000-0000-4000-8000-000000000001';
const QUERY: QueryPairs = [['resources', 'VCPU:1']];

async function provide(ask: Ask, uuid: string): Promise<void> {
  await ask('POST', '/resource_providers', { body: { name: uuid, uuid } });
  const VCPU = { total: 8 };
  await ask('PUT', `/resource_providers/${uuid}/inventories`, {
    body: { resource_provider_generation: 0, inventories: { VCPU } },
  });
}

function candidates(ask: Ask, query: QueryPairs = QUERY, at = 39) {
  return ask('GET', '/allocation_candidates', { query, at });
}

test('the same question has the very same answer until something is committed', async (t) => {
  const ask = await openRoutes(t);
  await provide(ask, HOST);
  const first = await candidates(ask);
  assert.equal((await candidates(ask)).pieces, first.pieces);
  assert.equal(bodyOf(first).provider_summaries[HOST].resources.VCPU.used, 0);

  await ask('PUT', '/allocations/00000000-0000-4000-8000-00000000000a', {
    body: {
      allocations: { [HOST]: { resources: { VCPU: 3 } } },
      project_id: 'project',
      user_id: 'user',
      consumer_generation: null,
      consumer_type: 'INSTANCE',
    },
  });
  const second = await candidates(ask);
  assert.equal(bodyOf(second).provider_summaries[HOST].resources.VCPU.used, 3);
  await ask('DELETE', '/allocations/00000000-0000-4000-8000-00000000000a');
  assert.equal(bodyOf(await candidates(ask)).provider_summaries[HOST].resources.VCPU.used, 0);
});

test('another question, or another microversion, has its own', async (t) => {
  const ask = await openRoutes(t);
  await provide(ask, HOST);
  const shown = async (query: QueryPairs, at: number) => bodyOf(await candidates(ask, query, at));
  assert.equal((await shown(QUERY, 39)).allocation_requests[0].allocations[HOST].resources.VCPU, 1);
  assert.equal((await shown([['resources', 'VCPU:2']], 39)).allocation_requests[0].allocations[HOST].resources.VCPU, 2);
  assert.equal((await shown(QUERY, 33)).allocation_requests[0].mappings, undefined);
  assert.equal((await shown(QUERY, 11)).allocation_requests[0].allocations[0].resource_provider.uuid, HOST);
});

test('with randomisation nothing is given twice', async (t) => {
  const ask = await openRoutes(t, { randomizeAllocationCandidates: true });
  await provide(ask, HOST);
  const first = await candidates(ask);
  assert.notEqual((await candidates(ask)).pieces, first.pieces);
});

test('questions are told apart', () => {
  const at = microversion(39);
  const texts = [
    questionText(at, QUERY),
    questionText(microversion(38), QUERY),
    questionText(at, [
      ['resources', 'VCPU:1'],
      ['limit', '1'],
    ]),
    questionText(at, [['resources', 'VCPU:1","limit","1']]),
    questionText(at, [
      ['limit', '1'],
      ['resources', 'VCPU:1'],
    ]),
  ];
  assert.equal(new Set(texts).size, texts.length);
});

test('memory is bounded', () => {
  const answers = new KeptAnswers();
  const piece = 'x'.repeat(1024 * 1024);
  const keep = (question: string, answer: readonly string[]) => {
    // A large one is kept at the second time.
    assert.equal(answers.keep(question, answer), false);
    answers.keep(question, answer);
  };
  const held = () => Array.from({ length: 60 }, (_, index) => answers.find(1, `${index}`)).filter(Boolean).length;
  assert.equal(answers.find(1, '0'), undefined);
  for (let index = 0; index < 60; index++) {
    keep(`${index}`, [piece]);
    assert.ok(held() <= 32);
  }
  assert.ok(held() > 0);
  keep(
    'long',
    Array.from({ length: 9 }, () => piece),
  );
  assert.equal(answers.find(1, 'long'), undefined);
  assert.equal(answers.find(2, '59'), undefined);
  assert.equal(answers.find(1, '59'), undefined, 'a state that is over does not come back');
});

test('a small answer is kept at once, a large one when its question comes again', () => {
  const answers = new KeptAnswers();
  const large = ['x'.repeat(100_000)];
  assert.equal(answers.find(1, 'large'), undefined);
  assert.deepEqual([answers.keep('small', ['x']), answers.keep('large', large)], [true, false]);
  assert.deepEqual([answers.find(1, 'small'), answers.find(1, 'large')], [['x'], undefined]);
  assert.equal(answers.keep('large', large), true);
  assert.equal(answers.find(1, 'large'), large);
  assert.equal(answers.find(2, 'large'), undefined);
  assert.equal(answers.keep('large', large), false, 'in a new state it is a new question');
});
