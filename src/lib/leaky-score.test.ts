import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addScore, scoreAt, startScore } from './leaky-score.ts';

const perMinute = 1;
const most = 10;

test('four at once are four, four an hour apart are one', () => {
  const fast = startScore();
  for (let at = 0; at < 4; at++) addScore(fast, 1, { at, perMinute: 0, most });
  assert.equal(scoreAt(fast, perMinute, 3), 4);
  const slow = startScore();
  let last = 0;
  for (let hour = 0; hour < 4; hour++) last = addScore(slow, 1, { at: hour * 3_600_000, perMinute, most });
  assert.equal(last, 1);
});

test('what is good takes off, never below nothing; and no score grows for ever', () => {
  const kept = startScore();
  assert.equal(addScore(kept, -5, { at: 0, perMinute, most }), 0);
  for (let count = 0; count < 100; count++) addScore(kept, 1, { at: 0, perMinute, most });
  assert.equal(scoreAt(kept, perMinute, 0), most);
  assert.equal(scoreAt(kept, perMinute, most * 60_000), 0);
});

test('a moment in the past leaks nothing and gives nothing back', () => {
  const kept = startScore();
  addScore(kept, 2, { at: 600_000, perMinute, most });
  assert.equal(addScore(kept, 1, { at: 0, perMinute, most }), 3);
  assert.equal(scoreAt(kept, perMinute, 660_000), 2);
});
