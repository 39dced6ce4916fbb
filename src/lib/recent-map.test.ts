import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap, RecentSet } from './recent-map.ts';

test('a key is kept for its time after its last use, and not much longer', () => {
  const map = new RecentMap<number>({ capacity: 100, keepMs: 1000 });
  map.set('a', 1, 0);
  assert.equal(map.get('a', 999), 1);
  assert.equal(map.get('a', 1998), 1, 'it was used at 999');
  assert.equal(map.get('a', 2900), 1);
  assert.equal(map.get('a', 6000), undefined);
});

test('ten million keys hold no more than the capacity', () => {
  const map = new RecentMap<number>({ capacity: 1000, keepMs: 1e12 });
  let most = 0;
  for (let key = 0; key < 100_000; key++) {
    map.set(`k${key}`, key, key);
    most = Math.max(most, map.size);
  }
  assert.ok(most <= 1000, String(most));
  assert.equal(map.get('k99999', 100_000), 99_999);
});

test('who is used all the time survives a crowd of others', () => {
  const map = new RecentMap<string>({ capacity: 100, keepMs: 1e12 });
  map.set('me', 'here', 0);
  for (let key = 0; key < 10_000; key++) {
    map.set(`k${key}`, '', key);
    if (key % 20 === 0) assert.equal(map.get('me', key), 'here');
  }
});

test('a time that goes backwards a little forgets nothing', () => {
  const map = new RecentMap<number>({ capacity: 100, keepMs: 1000 });
  map.set('a', 1, 5000);
  assert.equal(map.get('a', 100), 1);
});

test('a set knows what is new', () => {
  const seen = new RecentSet({ capacity: 10, keepMs: 1000 });
  assert.deepEqual([seen.isNew('a', 0), seen.isNew('a', 10), seen.isNew('a', 5000)], [true, false, true]);
});

test('written down and taken up, it knows what it knew, for as long as it would have', () => {
  const [seen, again] = [new RecentSet({ capacity: 10, keepMs: 1000 }), new RecentSet({ capacity: 10, keepMs: 1000 })];
  seen.isNew('old', 0);
  seen.isNew('young', 1100);
  again.load(seen.save());
  assert.deepEqual([again.has('old', 1200), again.has('young', 1200), again.has('never', 1200)], [true, true, false]);
  const other = new RecentSet({ capacity: 10, keepMs: 1000 });
  other.load(seen.save());
  assert.deepEqual([other.has('young', 2200), other.has('old', 2200)], [true, false], 'it was not used for so long');
  const small = new RecentSet({ capacity: 2, keepMs: 1000 });
  const full = new RecentSet({ capacity: 100, keepMs: 1000 });
  for (let key = 0; key < 40; key++) full.isNew(String(key), 0);
  small.load(full.save());
  assert.ok(small.size <= 2);
});
