import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LruMap } from './lru-map.ts';

const start = (capacity = 2) => {
  const clock = { ms: 0 };
  return { clock, map: new LruMap<string, number>({ capacity, now: () => clock.ms }) };
};

test('the entry used longest ago makes room: strangers cannot make the map grow', () => {
  const { map } = start();
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [1, undefined, 3, 2]);
});

test('an entry is gone at its time, not before', () => {
  const { clock, map } = start();
  map.set('a', 1, 100);
  clock.ms = 99;
  assert.equal(map.get('a'), 1);
  clock.ms = 100;
  assert.deepEqual([map.get('a'), map.size], [undefined, 0]);
});

test('setting again renews value, time and place without costing another entry', () => {
  const { clock, map } = start();
  map.set('a', 1, 100);
  map.set('b', 2);
  map.set('a', 3, 200);
  clock.ms = 150;
  assert.deepEqual([map.get('a'), map.get('b')], [3, 2]);
});

test('deleting and clearing leave nothing', () => {
  const { map } = start();
  map.set('a', 1);
  assert.deepEqual([map.delete('a'), map.delete('a')], [true, false]);
  map.set('b', 2);
  map.clear();
  assert.equal(map.size, 0);
});

test('a capacity of nothing still holds one: whoever asks is answered', () => {
  const { map } = start(0);
  map.set('a', 1);
  assert.equal(map.get('a'), 1);
});

test('entries come in the order of their use, and looking at them changes nothing', () => {
  let now = 0;
  const map = new LruMap<string, number>({ capacity: 3, now: () => now });
  map.set('a', 1);
  map.set('b', 2, 5);
  map.set('c', 3);
  map.get('a');
  assert.deepEqual(
    [...map.entries()],
    [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ],
  );
  now = 5;
  assert.deepEqual(
    [...map.entries()],
    [
      ['c', 3],
      ['a', 1],
    ],
    'the dead are left out',
  );
  map.set('d', 4);
  map.set('e', 5);
  assert.deepEqual(
    [...map.entries()].map(([key]) => key),
    ['a', 'd', 'e'],
  );
});

test('a peek is no use, and sees no dead entry', () => {
  let now = 0;
  const map = new LruMap<string, number>({ capacity: 2, now: () => now });
  map.set('a', 1, 10);
  map.set('b', 2);
  assert.equal(map.peek('a'), 1);
  map.set('c', 3);
  assert.equal(map.peek('a'), undefined, 'it was the oldest still');
  map.set('d', 4, 10);
  now = 10;
  assert.deepEqual([map.peek('d'), map.peek('c')], [undefined, 3]);
});

test('a clock that is set back makes nothing outlive itself by that: it is over; a second or two change nothing', () => {
  const { clock, map } = start(3);
  clock.ms = 36_000_000;
  map.set('a', 1, 100);
  map.set('for ever', 2);
  clock.ms -= 2000;
  assert.equal(map.get('a'), 1);
  clock.ms = 0;
  assert.deepEqual([map.peek('a'), [...map.entries()], map.get('a'), map.get('for ever')], [undefined, [['for ever', 2]], undefined, 2]);
});
