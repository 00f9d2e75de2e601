// Bit sets against Set: the same members after any additions and deletions, by member, by word and in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BitSet, EMPTY_BIT_SET, lowestBit } from '../../src/model/bit-set.ts';

const seed = Date.now() % 2 ** 31;

test(`a bit set holds what a set holds (seed ${seed})`, () => {
  // Around the edges of words (32) and pages (2,048), and far out.
  const member = fc.oneof(fc.nat(70), fc.integer({ min: 2_040, max: 2_060 }), fc.nat(1_000_000));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), member)), (steps) => {
      const bits = new BitSet();
      const set = new Set<number>();
      for (const [adds, one] of steps) {
        if (adds) assert.equal(bits.add(one), !set.has(one));
        else assert.equal(bits.delete(one), set.has(one));
        if (adds) set.add(one);
        else set.delete(one);
      }
      const expected = [...set].sort((a, b) => a - b);
      assert.deepEqual([...bits], expected);
      assert.equal(bits.size, set.size);
      for (const [, one] of steps) assert.equal(bits.has(one), set.has(one));
      for (const one of set) {
        assert.ok(one >>> 5 < bits.wordCount);
        assert.notEqual(bits.word(one >>> 5) & (1 << (one & 31)), 0);
      }
    }),
    { seed },
  );
});

test('beyond its words there is nobody', () => {
  const bits = new BitSet();
  bits.add(5);
  assert.equal(bits.word(1_000_000), 0);
  assert.equal(bits.has(2_000_000_000), false);
  assert.equal(EMPTY_BIT_SET.wordCount, 0);
});

test('the lowest bit of the sign bit alone is 31', () => {
  assert.equal(lowestBit(1 << 31), 31);
  assert.equal(lowestBit(0b1010_0000), 5);
});
