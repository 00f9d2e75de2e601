// Allocation requests as text are those spelled out, whichever of their parts go to one provider.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spelledOut } from '../../../src/candidates/allocation-request.ts';
import type { AllocationRequest, RequestShape } from '../../../src/candidates/answer.ts';
import { RequestList } from '../../../src/candidates/request-list.ts';
import { providerUuid } from '../../../src/domain/ids.ts';
import { type Microversion, microversion } from '../../../src/domain/microversion.ts';
import { AnswerPieces } from '../../../src/http/routes/answer-pieces.ts';
import { RequestTexts } from '../../../src/http/routes/request-texts.ts';
import { UuidWords } from '../../../src/http/routes/uuid-words.ts';
import { type ModelReader, providerNumber } from '../../../src/model/reader.ts';
import { piecesText } from './routes-service.ts';
import { classId, smallWorld } from './small-world.ts';

const seed = Number(process.env.TEXTS_PROPERTY_SEED ?? Date.now() % 2 ** 31);
const CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;

/** UUIDs of other tools may be any text. */
const MODELS: Readonly<Record<string, ModelReader>> = {
  plain: {
    ...smallWorld,
    uuid: (provider) => providerUuid(`${provider}1111111-0000-4000-8000-00000000000${provider}`),
  },
  odd: { ...smallWorld, hasPlainUuids: false, uuid: (provider) => providerUuid(`"uuid" ${provider}\\`) },
  mixed: {
    ...smallWorld,
    hasPlainUuids: false,
    uuid: (provider) =>
      providerUuid(provider % 3 === 0 ? '"'.repeat(36 + provider) : `${provider}`.repeat(35 + (provider % 3))),
  },
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
function expected(model: ModelReader, shape: RequestShape, request: AllocationRequest, version: Microversion): unknown {
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

for (const [name, model] of Object.entries(MODELS)) {
  for (const minor of [11, 12, 34]) {
    test(`${name} UUIDs: texts at 1.${minor} say what the requests say`, () => {
      const version = microversion(minor);
      const uuids = new UuidWords();
      fc.assert(
        fc.property(shapeAndRequests, ({ shape, requests }) => {
          const texts = new RequestTexts(model, shape, version, uuids);
          const pieces = new AnswerPieces(0);
          pieces.add('[');
          texts.addTo(pieces, RequestList.of(shape.parts.length, requests));
          pieces.add(']');
          const wanted = requests.map((request) => expected(model, shape, request, version));
          assert.deepEqual(JSON.parse(piecesText(pieces.end())), wanted);
          assert.equal(piecesText(pieces.end()), `[${requests.map((request) => texts.text(request, 0)).join()}]`);
        }),
        { seed, numRuns: 300 },
      );
    });
  }
}

test('a UUID that changed is shown as it is now', () => {
  const uuids = new UuidWords();
  const shape = { suffixes: [''], parts: [{ group: 0, amounts: [] }] };
  const textAt = (revision: number, digit: string): string => {
    const model = { ...smallWorld, revision: () => revision, uuid: () => providerUuid(digit.repeat(36)) };
    const pieces = new AnswerPieces(0);
    new RequestTexts(model, shape, microversion(39), uuids).addTo(
      pieces,
      RequestList.of(1, [[providerNumber(0)], [providerNumber(0)]]),
    );
    return piecesText(pieces.end());
  };
  assert.equal(textAt(1, 'a').match(/a{36}/g)?.length, 2);
  assert.equal(textAt(2, 'b').match(/b{36}/g)?.length, 2);
});

test('more patterns than are kept', () => {
  const parts = [0, 1, 2, 3, 4, 5, 6].map(() => ({
    group: 0,
    amounts: [{ resourceClassId: classId('VCPU'), amount: 1 }],
  }));
  const shape = { suffixes: ['', '1', '2'], parts };
  const model = MODELS.plain ?? smallWorld;
  const texts = new RequestTexts(model, shape, microversion(39), new UuidWords());
  // 715 ways to cut seven parts into four or fewer come around again and again.
  for (let code = 0; code < 4 ** 7; code++) {
    const request = parts.map((_, index) => providerNumber(Math.floor(code / 4 ** index) % 4));
    assert.deepEqual(JSON.parse(texts.text(request, 0)), expected(model, shape, request, microversion(39)));
  }
});
