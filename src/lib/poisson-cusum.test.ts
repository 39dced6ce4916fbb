import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cusumAt, noteCusum, startCusum, type PoissonRates } from './poisson-cusum.ts';
import { seededRandom } from './seeded-random.ts';

const minute = 60_000;
const rates: PoissonRates = { usual: 0.05 / minute, unusual: 0.5 / minute };

function sumOf(moments: readonly number[]): number {
  const cusum = startCusum();
  let sum = 0;
  for (const at of moments) sum = noteCusum(cusum, rates, at);
  return sum;
}

/** Moments with random gaps of the given mean, in ms. */
function poisson(count: number, meanMs: number, seed: number): number[] {
  const random = seededRandom(seed);
  let at = 0;
  return Array.from({ length: count }, () => (at += -Math.log(1 - random()) * meanMs));
}

test('each event adds the logarithm of how much likelier the high rate makes it', () => {
  assert.ok(Math.abs(sumOf([0]) - Math.log(10)) < 1e-12);
  assert.ok(Math.abs(sumOf([0, minute]) - (2 * Math.log(10) - 0.45)) < 1e-12);
});

test('the sum in event time equals the sum taken from second to second', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 1, maxLength: 60 }), (gaps) => {
      let second = 0;
      const seconds = gaps.map((gap) => (second += gap));
      let slow = 0;
      for (let now = seconds[0] ?? 0; now <= second; now++) {
        if (now > (seconds[0] ?? 0)) slow = Math.max(0, slow - (rates.unusual - rates.usual) * 1000);
        slow += seconds.filter((each) => each === now).length * Math.log(10);
      }
      assert.ok(Math.abs(slow - sumOf(seconds.map((each) => each * 1000))) < 1e-6);
    }),
  );
});

test('at the bomb rates that were seen, 23 is reached after some eleven messages', () => {
  for (const perMinute of [2, 12, 34, 54]) {
    const reached = Array.from({ length: 200 }, (_, seed) => {
      const cusum = startCusum();
      return poisson(200, minute / perMinute, seed).findIndex((at) => noteCusum(cusum, rates, at) >= 23) + 1;
    }).toSorted((one, other) => one - other);
    assert.ok((reached[100] ?? 0) >= 10 && (reached[100] ?? 0) <= 13, `${perMinute}/min: ${reached[100]}`);
  }
});

test('an ordinary rate never gets there', () => {
  const cusum = startCusum();
  assert.ok(poisson(100_000, 60 * minute, 1).every((at) => noteCusum(cusum, rates, at) < 23));
});

test('the onset is the event at which the sum last rose from zero, and its events are counted', () => {
  const cusum = startCusum();
  for (const at of [0, 600 * minute, 601 * minute]) noteCusum(cusum, rates, at);
  assert.deepEqual([cusum.onsetAt, cusum.count], [600 * minute, 2]);
});

test('silence lets it fall to zero; a late event neither goes back in time nor is lost', () => {
  const cusum = startCusum();
  noteCusum(cusum, rates, 10 * minute);
  assert.ok(Math.abs(noteCusum(cusum, rates, 9 * minute) - 2 * Math.log(10)) < 1e-12);
  assert.equal(cusum.lastAt, 10 * minute);
  assert.ok(cusumAt(cusum, rates, 11 * minute) < cusum.sum);
  assert.equal(cusumAt(cusum, rates, 60 * minute), 0);
});

test('an event of half the weight adds half, and the sum stops where it is told to', () => {
  const cusum = startCusum();
  assert.ok(Math.abs(noteCusum(cusum, rates, 0, { weight: 0.5 }) - Math.log(10) / 2) < 1e-12);
  for (let number = 0; number < 100; number++) noteCusum(cusum, rates, 0, { most: 69 });
  assert.equal(cusum.sum, 69);
});
