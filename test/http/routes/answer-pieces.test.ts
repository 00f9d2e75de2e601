// A long text in pieces is the text, whatever it is made of, and pieces are of a size that a socket likes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerPieces } from '../../../src/http/routes/answer-pieces.ts';
import { piecesText } from './routes-service.ts';

test('what was added comes in order, in pieces of 128 KiB or so', () => {
  const pieces = new AnswerPieces(1_000_000);
  const texts = Array.from({ length: 3_000 }, (_, index) => `${index} ☃ `.repeat(30));
  for (const text of texts) pieces.add(text);
  const made = pieces.end();
  assert.equal(piecesText(made), texts.join(''));
  assert.ok(made.length > 2 && made.every((piece) => typeof piece !== 'string' && piece.length <= 128 * 1024));
});

test('a short text is one string', () => {
  assert.deepEqual(new AnswerPieces(0).end(), ['']);
  const pieces = new AnswerPieces(100);
  pieces.add('snow ');
  pieces.add('☃');
  assert.deepEqual(pieces.end(), ['snow ☃']);
});

test('one that turns out longer than expected is not lost, and not written over by the next', () => {
  const [one, other] = ['a', 'b'].map((letter) => {
    const pieces = new AnswerPieces(10);
    for (let count = 0; count < 100; count++) pieces.add(letter.repeat(1_000));
    return pieces.end();
  });
  const long = new AnswerPieces(10);
  long.add('c'.repeat(1_000_000));
  assert.equal(piecesText(one ?? []), 'a'.repeat(100_000));
  assert.equal(piecesText(other ?? []), 'b'.repeat(100_000));
  assert.equal(piecesText(long.end()), 'c'.repeat(1_000_000));
});

test('kept bytes are copied where they are few, and shared where they are many', () => {
  const kept = Buffer.from('k'.repeat(100_000));
  const pieces = new AnswerPieces(0);
  pieces.add('(');
  pieces.addKept(kept, 10, 20);
  pieces.add(')[');
  pieces.addKept(kept, 0, 100_000);
  pieces.add(']');
  const made = pieces.end();
  assert.equal(piecesText(made), `(${'k'.repeat(10)})[${'k'.repeat(100_000)}]`);
  assert.ok(made.some((piece) => typeof piece !== 'string' && piece.buffer === kept.buffer));
});

test('a short answer is one string, kept bytes and all', () => {
  const pieces = new AnswerPieces(30_000);
  pieces.add('(');
  pieces.addKept(Buffer.from('k'.repeat(20_000)), 0, 20_000);
  pieces.add(')');
  assert.deepEqual(pieces.end(), [`(${'k'.repeat(20_000)})`]);
});

test('words are written into what was copied', () => {
  const pieces = new AnswerPieces(0);
  pieces.add('<');
  const place = pieces.reserve(8);
  pieces.copy(Buffer.from('--------'), place);
  pieces.setWord(Buffer.from('uuid').readInt32LE(), place + 2);
  pieces.add('>');
  assert.deepEqual(pieces.end(), ['<--uuid-->']);
});
