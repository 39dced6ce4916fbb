import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StandingDelay } from './standing-delay.ts';

const delay = (): StandingDelay => new StandingDelay({ targetMs: 500, intervalMs: 5000 });

test('long waits for longer than an interval are a standing queue', () => {
  const queue = delay();
  for (let at = 0; at <= 15_000; at += 1000) queue.note(800, at);
  assert.equal(queue.intervals(15_000), 3);
});

test('one that was served quickly shows that the queue breathes: a flooded network beside quick ones is no overload', () => {
  const queue = delay();
  for (let at = 0; at <= 14_000; at += 1000) queue.note(800, at);
  queue.note(20, 14_500);
  assert.equal(queue.intervals(15_000), 0);
  queue.note(800, 15_000);
  assert.equal(queue.intervals(20_000), 1, 'and it is counted from anew');
});

test('an empty queue stands no longer', () => {
  const queue = delay();
  queue.note(900, 0);
  queue.empty();
  assert.equal(queue.intervals(10_000), 0);
});
