import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Surge, type SurgeTerms } from './surge.ts';

const minute = 60_000;
const terms: SurgeTerms = { sinceAt: 0, usualPerMinute: 0.05, mostNew: 12, most: 69 };

/** Events that come evenly; the highest sum. */
function highest(surge: Surge, from: number, minutes: number, perMinute: number): number {
  let most = 0;
  for (let number = 0; number < minutes * perMinute; number++) most = Math.max(most, surge.note(from + (number * minute) / perMinute, terms));
  return most;
}

test('a dozen at once is a surge for whom nothing is usual', () => {
  assert.ok(highest(new Surge(), 0, 1, 12) > 23);
});

test('whoever gets thirty an hour every day gets sixty without a surge', () => {
  const surge = new Surge();
  for (let hour = 0; hour < 500; hour++) highest(surge, hour * 60 * minute, 60, 0.5);
  assert.ok(surge.usualPerHour(500 * 60 * minute, terms) > 25);
  assert.ok(highest(surge, 500 * 60 * minute, 60, 1) < 12);
  assert.ok(highest(surge, 502 * 60 * minute, 10, 60) > 23);
});

test('the evidence is that of this surge, not of the one before', () => {
  const surge = new Surge();
  surge.note(0, terms);
  surge.witness('old.example', 'a:1');
  surge.note(24 * 60 * minute, terms);
  surge.witness('new.example', 'a:2');
  assert.deepEqual(surge.evidence.parts().origins, [{ origin: 'new.example', est: 1, err: 0 }]);
  assert.deepEqual([surge.count, surge.onsetAt], [1, 24 * 60 * minute]);
});

test('the sum stops where it is told to', () => {
  assert.equal(highest(new Surge(), 0, 1, 1000), 69);
});
