import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WindowCount } from './window-count.ts';

test('what is older than the window is not counted, what is younger than five sixths of it is', () => {
  const count = new WindowCount(6000);
  count.add(0);
  count.add(4900);
  assert.equal(count.countAt(4999), 2);
  assert.equal(count.countAt(6000), 1);
  assert.equal(count.countAt(60_000), 0);
});

test('a moment that is a little late counts where it belongs, one before the window not at all', () => {
  const count = new WindowCount(6000);
  count.add(10_000);
  assert.equal(count.add(9000), 2);
  assert.equal(count.add(1000), 2);
  assert.equal(count.countAt(15_000), 1, 'the late one has left');
});

test('it counts weights, and takes back what was counted too much', () => {
  const count = new WindowCount(6000);
  count.add(100, 3);
  assert.equal(count.add(200, -1), 2);
});
