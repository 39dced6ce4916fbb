import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, summarize } from './summary.ts';

test('the median of an even count is the mean of the middle two', () => assert.equal(median([4, 1, 3, 2]), 2.5));

test('p99 of a hundred values is the ninety-ninth: one straggler does not show, two do', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual(summarize(values.toReversed()), { n: 100, min: 1, p50: 50.5, p99: 99, max: 100 });
});

test('nothing measured is not a number, never a zero that looks good', () => assert.ok(Number.isNaN(summarize([]).p99)));
