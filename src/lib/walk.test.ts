import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './seeded-random.ts';
import { nextStep } from './walk.ts';

/** Steps until the walk is at 10, at most 10,000. */
function stepsUntilTen(shareBad: number, seed: number): number {
  const random = seededRandom(seed);
  let value = 0;
  for (let step = 1; step < 10_000; step++) {
    value = nextStep(value, random() < shareBad);
    if (value >= 10) return step;
  }
  return 10_000;
}

test('who does nothing but wrong is at 10 after 10', () => {
  assert.equal(stepsUntilTen(1, 1), 10);
});

test('who does nine of ten wrong is found within a few dozen', () => {
  for (let seed = 0; seed < 50; seed++) assert.ok(stepsUntilTen(0.9, seed) < 60);
});

test('one in five wrong, as of a stale list, does not get there in ten thousand', () => {
  for (let seed = 0; seed < 20; seed++) assert.equal(stepsUntilTen(0.2, seed), 10_000);
});

test('the value stays between nothing and its most', () => {
  assert.equal(nextStep(0, false), 0);
  assert.equal(nextStep(20, true, 20), 20);
  assert.equal(nextStep(20, false, 20), 19);
});
