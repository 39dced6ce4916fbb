import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.ts';

const key = { k0: 1, k1: 2 };

test('counts are exact, largest first, as long as there is room', () => {
  const tally = new Tally(3, key);
  for (const name of ['b', 'a', 'b', 'c']) tally.add(name);
  assert.deepEqual(tally.top(2), [
    { name: 'b', count: 2 },
    { name: 'a', count: 1 },
  ]);
  assert.deepEqual([tally.size, tally.sizeError], [3, 0]);
});

test('a stranger who chooses every name anew takes no more memory; the large ones stay, each with its error', () => {
  const tally = new Tally(100, key);
  for (let n = 0; n < 20_000; n++) tally.add(n % 4 === 0 ? 'large' : `n${n}`);
  const [first] = tally.top(1);
  assert.equal(first?.name, 'large');
  assert.ok(first.count >= 5000 && first.count - (first.error ?? 0) <= 5000, JSON.stringify(first));
  assert.ok(Math.abs(tally.size - 15_001) <= 15_001 * tally.sizeError, `${tally.size} ± ${tally.sizeError}`);
  assert.ok(tally.sizeError > 0);
});
