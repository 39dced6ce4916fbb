import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FingerprintSet } from './fingerprint-set.ts';
import { halfSipHash } from './half-sip-hash.ts';

const hashOf = (number: number): number => halfSipHash({ k0: 3, k1: 4 }, `pair${number}`);

test('says of each whether it was there, as a set does, while there is room', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 200 }), (hashes) => {
      const seen = new FingerprintSet(512);
      const truth = new Set<number>();
      for (const hash of hashes) {
        // 0 stands for an empty place and is kept as 1.
        const print = hash === 0 ? 1 : hash;
        assert.equal(seen.has(hash), truth.has(print));
        assert.equal(seen.add(hash), truth.has(print));
        truth.add(print);
      }
    }),
  );
});

test('a million strangers take no more room, and who comes now and then stays known', () => {
  const seen = new FingerprintSet(4096);
  let forgotten = 0;
  seen.add(hashOf(-1));
  for (let number = 0; number < 200_000; number++) {
    seen.add(hashOf(number));
    if (number % 1000 === 0 && !seen.add(hashOf(-1))) forgotten++;
  }
  assert.equal(forgotten, 0);
  assert.ok(seen.size <= 2 * 4096);
});

test('a set that grows forgets nothing on its way', () => {
  const seen = new FingerprintSet(1 << 16);
  for (let number = 0; number < 30_000; number++) assert.equal(seen.add(hashOf(number)), false);
  for (let number = 0; number < 30_000; number++) assert.equal(seen.has(hashOf(number)), true);
  assert.equal(seen.size, 30_000);
});

test('what was not seen for long is forgotten', () => {
  const seen = new FingerprintSet(64);
  seen.add(hashOf(0));
  for (let number = 1; number < 200; number++) seen.add(hashOf(number));
  assert.equal(seen.has(hashOf(0)), false);
});

test('in shared memory another thread sees what one writes, also when the old is forgotten, and after the memory was copied', () => {
  const memory = new SharedArrayBuffer(8 + FingerprintSet.bytesFor(64));
  const writer = new FingerprintSet(64, memory, 8);
  const reader = new FingerprintSet(64, memory, 8);
  for (let number = 0; number < 100; number++) writer.add(hashOf(number));
  assert.deepEqual([reader.has(hashOf(99)), reader.has(hashOf(0))], [true, false]);
  assert.equal(reader.size, writer.size);
  const copy = new SharedArrayBuffer(memory.byteLength);
  new Uint8Array(copy).set(new Uint8Array(memory));
  const after = new FingerprintSet(64, copy, 8);
  for (let number = 0; number < 100; number++) assert.equal(after.has(hashOf(number)), writer.has(hashOf(number)));
  assert.deepEqual([...new Uint8Array(memory, 0, 8)], Array(8).fill(0), 'what is before it is left alone');
});

test('written down and taken up, it knows what it knew, and neither changes the other; what is larger than it may be is left', () => {
  const seen = new FingerprintSet(1 << 14);
  for (let number = 0; number < 9000; number++) seen.add(hashOf(number));
  const saved = seen.save();
  const again = new FingerprintSet(1 << 14);
  again.load(saved);
  assert.equal(again.size, seen.size);
  for (let number = 0; number < 18_000; number++) assert.equal(again.has(hashOf(number)), seen.has(hashOf(number)));
  again.add(hashOf(20_000));
  assert.deepEqual([seen.has(hashOf(20_000)), new FingerprintSet(1 << 14).size], [false, 0]);
  const small = new FingerprintSet(512);
  small.load(saved);
  assert.deepEqual([small.size, small.has(hashOf(1))], [0, false]);
});
