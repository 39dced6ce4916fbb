import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopList } from './top-list.ts';

const minute = { capacity: 10, windowMs: 60_000 };

test('the most frequent come first, equals by name', () => {
  const list = new TopList(minute);
  for (const key of ['b', 'a', 'c', 'c', 'b', 'c']) list.add(key, 0);
  list.add('d', 0);
  assert.deepEqual(list.top(3, 0), [
    { key: 'c', count: 3 },
    { key: 'b', count: 2 },
    { key: 'a', count: 1 },
  ]);
});

test('what is older than the window is forgotten, what is within it is not', () => {
  const list = new TopList(minute);
  list.add('old', 0);
  list.add('new', 30_000);
  assert.deepEqual(
    list.top(5, 59_999).map(({ key }) => key),
    ['new', 'old'],
  );
  assert.deepEqual(
    list.top(5, 60_000).map(({ key }) => key),
    ['new'],
  );
  assert.deepEqual(list.top(5, 90_000), []);
});

test('a flood of names that come once does not push out who is truly frequent, nor does memory grow', () => {
  const list = new TopList(minute);
  for (let at = 0; at < 10_000; at++) {
    list.add(`once-${at}`, at);
    if (at % 3 === 0) list.add('heavy', at);
  }
  const [first] = list.top(1, 10_000);
  assert.equal(first?.key, 'heavy');
  assert.ok(first.count >= 3000, 'never too low');
  assert.ok(list.top(1_000_000, 10_000).length <= 20);
});

test('what comes late from an old time does not disturb the present', () => {
  const list = new TopList(minute);
  for (let at = 600_000; at < 670_000; at += 10_000) list.add('now', at);
  list.add('late', 0);
  assert.deepEqual(
    list.top(5, 669_999).map(({ key }) => key),
    ['now'],
  );
});
