import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DailyShare } from './daily-share.ts';

test('a day has so many and no more; the next day begins anew', () => {
  let now = 86_400_000 * 20_000;
  const share = new DailyShare(() => now);
  assert.deepEqual([share.take(2), share.take(2), share.take(2)], [true, true, false]);
  now += 86_400_000;
  assert.equal(share.take(2), true);
});
