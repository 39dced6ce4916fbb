import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DistinctCount, DistinctWindow, distinctError } from './distinct-count.ts';
import { halfSipHash } from './half-sip-hash.ts';

const key = { k0: 0x1234, k1: 0x5678 };
const hashOf = (number: number): number => halfSipHash(key, `name${number}`);
const hashes = fc.array(fc.integer({ min: 0, max: 3000 }).map(hashOf), { maxLength: 400 });

function counted(all: readonly number[]): DistinctCount {
  const seen = new DistinctCount();
  for (const hash of all) seen.add(hash);
  return seen;
}

const merged = (one: readonly number[], ...others: readonly (readonly number[])[]): DistinctCount => {
  const seen = counted(one);
  for (const other of others) seen.merge(counted(other));
  return seen;
};

test('up to 64 different ones the count is exact, however often they come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 1, max: 5 }), (different, times) => {
      const seen = new DistinctCount();
      for (let turn = 0; turn < times; turn++) for (let number = 0; number < different; number++) seen.add(hashOf(number));
      assert.deepEqual([seen.count, seen.err], [different, 0]);
    }),
  );
});

for (const different of [65, 200, 1000, 2500, 10_000, 100_000]) {
  test(`${different} different ones are counted within four standard errors`, () => {
    const seen = counted(Array.from({ length: different }, (_, number) => hashOf(number)));
    assert.ok(Math.abs(seen.count - different) <= 4 * distinctError * different, `${seen.count} for ${different}`);
    assert.ok(seen.err > 0);
  });
}

test('two counts made one count the union: in either order, in any grouping, and once is as good as twice', () => {
  fc.assert(
    fc.property(hashes, hashes, hashes, (a, b, c) => {
      const whole = counted([...a, ...b, ...c]).count;
      assert.equal(merged(a, b, c).count, whole);
      assert.equal(merged(c, a, b).count, whole);
      assert.equal(merged(a, b, c, b, a).count, whole);
    }),
  );
});

test('a window forgets what is older than it, a sixth at a time', () => {
  const window = new DistinctWindow(60_000);
  for (let number = 0; number < 60; number++) window.add(hashOf(number), number * 1000);
  assert.equal(window.countAt(59_999).count, 60);
  assert.equal(window.countAt(60_000).count, 50);
  assert.equal(window.countAt(109_999).count, 10);
  assert.equal(window.countAt(110_000).count, 0);
});

test('the same one in two parts of the window is one', () => {
  const window = new DistinctWindow(60_000);
  window.add(hashOf(1), 0);
  window.add(hashOf(1), 30_000);
  assert.equal(window.countAt(30_000).count, 1);
});

test('what comes late is counted in its place, and what comes far too late not at all', () => {
  const window = new DistinctWindow(60_000);
  window.add(hashOf(1), 100_000);
  window.add(hashOf(2), 65_000);
  window.add(hashOf(3), 1000);
  assert.equal(window.countAt(100_000).count, 2);
  assert.equal(window.countAt(120_000).count, 1);
});
