import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { halfSipHash } from './half-sip-hash.ts';
import { RecentMap } from './recent-map.ts';
import { RecentNumbers, RecentPrints } from './recent-numbers.ts';

const hashOf = (key: number): number => halfSipHash({ k0: 3, k1: 4 }, `key${key}`);

test('says what a map of the same size and time says, whatever is asked in whatever order', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 60 }), value: fc.integer({ min: 0, max: 5 }), ms: fc.integer({ min: -50, max: 300 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 2, max: 60 }), (steps, capacity) => {
      const numbers = new RecentNumbers({ capacity, keepMs: 1000 });
      const truth = new RecentMap<number>({ capacity, keepMs: 1000 });
      let at = 0;
      for (const { key, value, ms } of steps) {
        at += ms;
        // 0 asks, everything else is kept.
        if (value === 0) assert.equal(numbers.get(hashOf(key), at), truth.get(String(key), at) ?? 0);
        else {
          numbers.set(hashOf(key), value, at);
          truth.set(String(key), value, at);
        }
      }
    }),
  );
});

test('a million strangers hold no more than the capacity, and who is used all the time stays', () => {
  const numbers = new RecentNumbers({ capacity: 1000, keepMs: Number.POSITIVE_INFINITY });
  numbers.set(hashOf(-1), 7, 0);
  for (let key = 0; key < 200_000; key++) {
    numbers.set(hashOf(key), key + 1, key);
    if (key % 200 === 0) assert.equal(numbers.get(hashOf(-1), key), 7);
    assert.ok(numbers.size <= 1000);
  }
  assert.equal(numbers.get(hashOf(199_999), 200_000), 200_000);
  assert.equal(numbers.get(hashOf(5), 200_000), 0);
});

test('0 forgets a key, also one of the old generation', () => {
  const numbers = new RecentNumbers({ capacity: 100, keepMs: 1000 });
  numbers.set(hashOf(1), 3, 0);
  numbers.set(hashOf(1), 0, 1500);
  assert.equal(numbers.get(hashOf(1), 1600), 0);
  assert.equal(numbers.get(hashOf(1), 2700), 0);
});

test('the hash 0 is a key as others are', () => {
  const numbers = new RecentNumbers({ capacity: 100, keepMs: 1000 });
  assert.equal(numbers.get(0, 0), 0);
  numbers.set(0, 3, 0);
  assert.equal(numbers.get(0, 0), 3);
});

test('prints know what is new, for a while', () => {
  const seen = new RecentPrints({ capacity: 10, keepMs: 1000 });
  assert.deepEqual([seen.isNew(9, 0), seen.isNew(9, 10), seen.has(9, 20), seen.isNew(9, 5000), seen.has(8, 5000)], [true, false, true, true, false]);
});

test('written down and taken up, it says what it would have said, and never holds more than it may', () => {
  const key = fc.integer({ min: 0, max: 60 });
  const step = fc.record({ key, value: fc.integer({ min: 1, max: 5 }), ms: fc.integer({ min: 0, max: 300 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), fc.array(key, { maxLength: 50 }), fc.integer({ min: 2, max: 60 }), (steps, asked, capacity) => {
      const [numbers, again] = [new RecentNumbers({ capacity, keepMs: 1000 }), new RecentNumbers({ capacity, keepMs: 1000 })];
      let at = 0;
      for (const { key: each, value, ms } of steps) numbers.set(hashOf(each), value, (at += ms));
      again.load(numbers.save());
      assert.equal(again.size, numbers.size);
      for (const each of asked) assert.equal(again.get(hashOf(each), at), numbers.get(hashOf(each), at));
      const small = new RecentNumbers({ capacity: 4, keepMs: 1000 });
      small.load(numbers.save());
      assert.ok(small.size <= 4);
    }),
  );
});
