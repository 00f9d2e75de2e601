// Allocation requests as text are those spelled out, whichever of their parts go to one provider.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spelledOut } from '../../../src/candidates/allocation-request.ts';
import type { AllocationRequest, RequestShape } from '../../../src/candidates/answer.ts';
import { providerUuid } from '../../../src/domain/ids.ts';
import { type Microversion, microversion } from '../../../src/domain/microversion.ts';
import { RequestTexts } from '../../../src/http/routes/request-texts.ts';
import { TextPieces } from '../../../src/http/routes/text-pieces.ts';
import { type ModelReader, providerNumber } from '../../../src/model/reader.ts';
import { piecesText } from './routes-service.ts';
import { classId, smallWorld } from './small-world.ts';

const seed = Number(process.env.TEXTS_PROPERTY_SEED ?? Date.now() % 2 ** 31);
const CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;

/** UUIDs of other tools may be any text. */
const model: ModelReader = {
  ...smallWorld,
  hasPlainUuids: false,
  uuid: (provider) => providerUuid(`"uuid" ${provider}\\`),
};

const part = fc.record({
  group: fc.nat(2),
  amounts: fc
    .subarray([...CLASSES])
    .map((classes) =>
      classes.map((resourceClass, index) => ({ resourceClassId: classId(resourceClass), amount: 10 ** (index * 11) })),
    ),
});
const shapeAndRequests = fc.array(part, { minLength: 1, maxLength: 7 }).chain((parts) =>
  fc.record({
    shape: fc.constant({ suffixes: ['', '1', '__proto__'], parts }),
    requests: fc.array(fc.array(fc.nat(6).map(providerNumber), { minLength: parts.length, maxLength: parts.length }), {
      maxLength: 40,
    }),
  }),
);

/** The same by way of objects. */
function expected(shape: RequestShape, request: AllocationRequest, version: Microversion): unknown {
  const { allocations, mappings } = spelledOut(shape, request);
  const byProvider = new Map<string, [string, number][]>();
  for (const { provider, resourceClassId, amount } of allocations) {
    const uuid = model.uuid(provider);
    byProvider.set(uuid, [...(byProvider.get(uuid) ?? []), [model.resourceClassName(resourceClassId), amount]]);
  }
  const lists = [...byProvider].map(([uuid, members]) => ({ uuid, resources: Object.fromEntries(members) }));
  return {
    allocations:
      version < 12
        ? lists.map(({ uuid, resources }) => ({ resource_provider: { uuid }, resources }))
        : Object.fromEntries(lists.map(({ uuid, resources }) => [uuid, { resources }])),
    ...(version < 34
      ? {}
      : {
          mappings: Object.fromEntries(
            mappings.map(({ suffix, providers }) => [suffix, providers.map((provider) => model.uuid(provider))]),
          ),
        }),
  };
}

for (const minor of [11, 12, 34]) {
  test(`texts at 1.${minor} say what the requests say`, () => {
    fc.assert(
      fc.property(shapeAndRequests, ({ shape, requests }) => {
        const version = microversion(minor);
        const texts = new RequestTexts(model, shape, version);
        for (const request of requests) {
          assert.deepEqual(JSON.parse(texts.text(request)), expected(shape, request, version));
        }
      }),
      { seed, numRuns: 300 },
    );
  });
}

test('more patterns than are kept', () => {
  const parts = [0, 1, 2, 3, 4, 5, 6].map(() => ({
    group: 0,
    amounts: [{ resourceClassId: classId('VCPU'), amount: 1 }],
  }));
  const shape = { suffixes: ['', '1', '2'], parts };
  const texts = new RequestTexts(model, shape, microversion(39));
  // 715 ways to cut seven parts into four or fewer come around again and again.
  for (let code = 0; code < 4 ** 7; code++) {
    const request = parts.map((_, index) => providerNumber(Math.floor(code / 4 ** index) % 4));
    assert.deepEqual(JSON.parse(texts.text(request)), expected(shape, request, microversion(39)));
  }
});

test('pieces are the text, none much longer than 64 KiB', () => {
  const pieces = new TextPieces();
  const texts = Array.from({ length: 1_000 }, (_, index) => `${index} `.repeat(100));
  for (const text of texts) pieces.add(text);
  const made = pieces.end();
  assert.equal(piecesText(made), texts.join(''));
  assert.ok(made.length > 2 && made.every(({ length }) => length < 70_000));
  assert.deepEqual(new TextPieces().end(), ['']);
});
