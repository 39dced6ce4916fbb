import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmKey } from '../model/alarm.ts';
import { RaisedKeys } from './raised-keys.ts';

const key: AlarmKey = { recipient: 'a@hub.example' };

function calmOf(raised: RaisedKeys, at: number): readonly AlarmKey[] {
  const calm: AlarmKey[] = [];
  raised.settle(at, (each) => calm.push(each));
  return calm;
}

test('a level is told once, a higher one again, and each doubling', () => {
  const raised = new RaisedKeys(1000);
  const news = (['watch', 'watch', 'alert', 'alert', 'alert', 'watch', 'severe'] as const).map((level, at) =>
    raised.isNews(key, level, [5, 6, 7, 8, 14, 15, 16][at] ?? 0, at),
  );
  assert.deepEqual(news, [true, false, true, false, true, false, true]);
  assert.equal(raised.levelOf(key), 'severe');
});

test('a key is named once it has been quiet for long enough, and not before', () => {
  const raised = new RaisedKeys(1000);
  raised.isNews(key, 'alert', 1, 0);
  raised.keepHot(key, 500);
  assert.deepEqual(calmOf(raised, 1499), []);
  assert.deepEqual(calmOf(raised, 1500), [key]);
  assert.deepEqual(calmOf(raised, 9999), []);
  assert.equal(raised.isNews(key, 'watch', 1, 10_000), true);
});

test('keys beyond the bound make room, and are named quiet so that nothing stays open for ever', () => {
  const raised = new RaisedKeys(1000, 3);
  for (let number = 0; number < 5; number++) raised.isNews({ recipient: `${number}@hub.example` }, 'alert', 1, number);
  assert.equal(raised.size, 3);
  assert.deepEqual(
    calmOf(raised, 5).map(({ recipient }) => recipient),
    ['0@hub.example', '1@hub.example'],
  );
});

test('what is held of a key knows by itself that nothing is new, and that the key has been named quiet', () => {
  const raised = new RaisedKeys(1000);
  const { raised: held, isNews } = raised.take(key, 'watch', 5, 0);
  assert.deepEqual(
    [isNews, held.isOld('watch', 9, 100), held.isOld('watch', 10, 100), held.isOld('alert', 6, 100)],
    [true, true, false, false],
    'twice as many and a higher level are news',
  );
  assert.deepEqual(calmOf(raised, 1099), [], 'what is old keeps it hot all the same');
  assert.deepEqual(calmOf(raised, 1100), [key]);
  assert.equal(held.isOld('watch', 6, 1200), false, 'a new attack of the same key is told');
});

test('a key that had to make room is told anew', () => {
  const raised = new RaisedKeys(1000, 1);
  const { raised: held } = raised.take(key, 'watch', 5, 0);
  raised.take({ recipient: 'b@hub.example' }, 'watch', 5, 0);
  assert.equal(held.isOld('watch', 6, 1), false);
});
