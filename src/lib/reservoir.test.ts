import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reservoir } from './reservoir.ts';

const sampleOf = (length: number, seed: number): Reservoir<number> => {
  const reservoir = new Reservoir<number>(10, seed);
  for (let number = 0; number < length; number++) reservoir.add(number);
  return reservoir;
};

test('a short stream is kept whole', () => {
  assert.deepEqual(sampleOf(7, 1).items, [0, 1, 2, 3, 4, 5, 6]);
});

test('a long stream keeps its bound and says how many came', () => {
  const reservoir = sampleOf(1000, 1);
  assert.deepEqual([reservoir.items.length, reservoir.seen], [10, 1000]);
  assert.equal(new Set(reservoir.items).size, 10);
});

test('the same stream gives the same sample, another seed another', () => {
  assert.deepEqual(sampleOf(1000, 5).items, sampleOf(1000, 5).items);
  assert.notDeepEqual(sampleOf(1000, 5).items, sampleOf(1000, 6).items);
});

test('early and late ones have the same chance', () => {
  const times = Array.from({ length: 100 }, () => 0);
  for (let seed = 0; seed < 4000; seed++) for (const item of sampleOf(100, seed).items) times[item] = (times[item] ?? 0) + 1;
  // 4,000 samples of 10 of 100: 400 expected, standard deviation 19.
  for (const [item, count] of times.entries()) assert.ok(Math.abs(count - 400) < 100, `${item}: ${count}`);
});
