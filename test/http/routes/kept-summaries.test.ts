// Kept summaries are what would be written anew, in any order, through any changes; and what was handed out stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BodyPiece } from '../../../src/http/incoming.ts';
import { AnswerPieces } from '../../../src/http/routes/answer-pieces.ts';
import { KeptSummaries } from '../../../src/http/routes/kept-summaries.ts';
import { memberText } from '../../../src/http/routes/summary-texts.ts';
import { type ModelReader, type ProviderNumber, providerNumber } from '../../../src/model/reader.ts';
import { piecesText } from './routes-service.ts';
import { smallWorld } from './small-world.ts';

const seed = Number(process.env.SUMMARIES_PROPERTY_SEED ?? Date.now() % 2 ** 31);

/** Providers of which nothing differs but the length of a trait's name. */
class World {
  readonly #lengths = new Map<number, number>();
  readonly #revisions = new Map<number, number>();
  #revision = 0;

  change(provider: number, length: number): void {
    this.#lengths.set(provider, length);
    this.#revisions.set(provider, ++this.#revision);
  }

  get model(): ModelReader {
    return {
      ...smallWorld,
      uuid: () => smallWorld.uuid(providerNumber(0)),
      parent: () => undefined,
      root: () => providerNumber(0),
      inventories: () => [],
      traitNames: (provider) => [`${provider} `.repeat(this.#lengths.get(provider) ?? 1)],
      revision: (provider) => this.#revisions.get(provider) ?? 0,
    };
  }
}

function shown(kept: KeptSummaries, model: ModelReader, providers: readonly ProviderNumber[]): readonly BodyPiece[] {
  const pieces = new AnswerPieces(0);
  kept.addTo(pieces, model, providers);
  return pieces.end();
}

function anew(model: ModelReader, providers: readonly ProviderNumber[]): string {
  return providers.map((provider) => memberText(model, provider)).join();
}

const step = fc.record({
  changes: fc.array(fc.tuple(fc.nat(40), fc.constantFrom(1, 10, 100, 1_000, 6_000, 100_000)), { maxLength: 20 }),
  asked: fc.oneof(
    fc.uniqueArray(fc.nat(40), { maxLength: 40 }),
    fc.constant(Array.from({ length: 41 }, (_, index) => index)),
  ),
});

test(`summaries are those of the moment, and stay (SUMMARIES_PROPERTY_SEED=${seed})`, () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const kept = new KeptSummaries();
      const world = new World();
      const answers: { readonly pieces: readonly BodyPiece[]; readonly text: string }[] = [];
      for (const { changes, asked } of steps) {
        for (const [provider, length] of changes) world.change(provider, length);
        const providers = asked.map(providerNumber);
        const text = anew(world.model, providers);
        const pieces = shown(kept, world.model, providers);
        assert.ok(piecesText(pieces) === text, 'not what would be written anew');
        answers.push({ pieces, text });
      }
      for (const { pieces, text } of answers) assert.ok(piecesText(pieces) === text, 'changed afterwards');
    }),
    { seed, numRuns: 15 },
  );
});

test('those that lie side by side are shared, and not copied', () => {
  const kept = new KeptSummaries();
  const world = new World();
  const providers = Array.from({ length: 500 }, (_, index) => providerNumber(index));
  for (const provider of providers) world.change(provider, 10);
  const [one, other] = [shown(kept, world.model, providers), shown(kept, world.model, providers)];
  assert.equal(piecesText(one), anew(world.model, providers));
  assert.deepEqual(buffersOf(one), buffersOf(other));
  assert.ok(one.length < 5, `${one.length} pieces`);
});

test('more than there is room for are written all the same', () => {
  const kept = new KeptSummaries();
  const world = new World();
  // 260 slabs and something; there are 256.
  const providers = Array.from({ length: 270 }, (_, index) => providerNumber(index));
  for (const provider of providers) world.change(provider, 63_000);
  for (let turn = 0; turn < 2; turn++) {
    assert.ok(piecesText(shown(kept, world.model, providers)) === anew(world.model, providers));
  }
  assert.equal(kept.bytes, 64 * 1024 * 1024);
});

test('what no longer holds is given up', () => {
  const kept = new KeptSummaries();
  const world = new World();
  const providers = Array.from({ length: 10 }, (_, index) => providerNumber(index));
  for (let change = 0; change < 500; change++) {
    for (const provider of providers) world.change(provider, 1_000 + change);
    shown(kept, world.model, providers);
  }
  assert.ok(kept.bytes < 1024 * 1024, `${kept.bytes} bytes`);
});

function buffersOf(pieces: readonly BodyPiece[]): readonly unknown[] {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.buffer));
}
