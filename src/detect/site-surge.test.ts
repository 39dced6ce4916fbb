import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteSurge } from './site-surge.ts';

const terms = { usualPerMinute: 1, factor: 5, watch: 12, most: 70 };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Events at a steady rate; gives the highest sum. */
function run(surge: SiteSurge, { from, hours, perMinute }: { readonly from: number; readonly hours: number; readonly perMinute: number }): number {
  let most = 0;
  for (let number = 0; number < hours * 60 * perMinute; number++) most = Math.max(most, surge.note(from + (number * minuteMs) / perMinute));
  return most;
}

test('what is usual stays low, twenty times as much is seen within seconds', () => {
  const surge = new SiteSurge(terms);
  assert.ok(run(surge, { from: 0, hours: 24, perMinute: 1 }) < 12);
  assert.ok(run(surge, { from: 24 * hourMs, hours: 0.05, perMinute: 20 }) > 23);
});

test('a busy site learns that it is busy', () => {
  const surge = new SiteSurge(terms);
  for (let hour = 0; hour < 200; hour++) run(surge, { from: hour * hourMs, hours: 1, perMinute: 2 });
  for (let hour = 200; hour < 400; hour++) run(surge, { from: hour * hourMs, hours: 1, perMinute: 2 + (hour - 200) / 50 });
  assert.ok(surge.usualPerMinute > 2, String(surge.usualPerMinute));
});

test('an attack does not make itself usual', () => {
  const surge = new SiteSurge(terms);
  run(surge, { from: 0, hours: 24, perMinute: 1 });
  const before = surge.usualPerMinute;
  run(surge, { from: 24 * hourMs, hours: 12, perMinute: 50 });
  surge.note(37 * hourMs);
  assert.ok(surge.usualPerMinute < 2 * before + 1, `${before} -> ${surge.usualPerMinute}`);
});

test('when it is over, the sum falls within hours, however long it lasted', () => {
  const surge = new SiteSurge(terms);
  run(surge, { from: 0, hours: 5, perMinute: 50 });
  assert.ok(surge.note(5 * hourMs + 30 * minuteMs) < 12);
});

test('written down and taken up, a busy site is still a busy site, in the middle of an hour as well', () => {
  const surge = new SiteSurge(terms);
  for (let hour = 0; hour < 400; hour++) run(surge, { from: hour * hourMs, hours: 1, perMinute: 1 + hour / 50 });
  run(surge, { from: 400 * hourMs, hours: 0.5, perMinute: 9 });
  const again = new SiteSurge(terms);
  again.load(surge.save());
  assert.equal(again.usualPerMinute, surge.usualPerMinute);
  assert.ok(again.usualPerMinute > 2);
  for (const each of [surge, again]) run(each, { from: 400.5 * hourMs, hours: 3, perMinute: 9 });
  assert.equal(again.usualPerMinute, surge.usualPerMinute, 'the half hour before counts');
});
