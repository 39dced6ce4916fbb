import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HourProfile } from './hour-profile.ts';

const hour = 3_600_000;
const week = 168 * hour;

/** Weeks in which the hours of a day count 10, 11, ... and Monday's ninth ten times as much. */
function learned(weeks: number, busy = 5): HourProfile {
  const profile = new HourProfile();
  for (let number = 0; number < weeks * 168; number++) profile.learn(number * hour, number % 168 === busy ? 1000 : 10 + (number % 3));
  return profile;
}

test('a busy hour of the week is usual in that hour and unusual in the next', () => {
  const profile = learned(4);
  const now = 10 * week;
  assert.ok(Math.abs(profile.robustZ(now + 5 * hour, 1000) ?? 99) < 1);
  assert.ok((profile.robustZ(now + 6 * hour, 1000) ?? 0) > 100);
});

test('one attack of the past does not make the next one usual', () => {
  const profile = learned(4);
  profile.learn(5 * week + 7 * hour, 50_000);
  assert.ok((profile.robustZ(6 * week + 7 * hour, 50_000) ?? 0) > 1000);
});

test('before an hour is known, all hours speak for it', () => {
  const profile = learned(1);
  assert.equal(profile.usual(week)?.known, false);
  assert.ok((profile.robustZ(week, 11) ?? 99) < 1);
});

test('nothing learned says nothing', () => {
  assert.equal(new HourProfile().robustZ(0, 5), null);
});

test('an hour in which nothing ever happened does not call the first thing an attack', () => {
  const profile = new HourProfile();
  for (let number = 0; number < 4 * 168; number++) profile.learn(number * hour, 0);
  assert.ok((profile.robustZ(4 * week, 2) ?? 99) <= 2);
});

test('habits change: eight weeks later the new one is usual', () => {
  const profile = new HourProfile();
  for (let number = 0; number < 8; number++) profile.learn(number * week, 10);
  for (let number = 8; number < 16; number++) profile.learn(number * week, 500);
  assert.equal(profile.usual(16 * week)?.median, 500);
});

test('written down and taken up, it finds the same things usual', () => {
  const profile = new HourProfile();
  for (let each = 0; each < 1000; each++) profile.learn(each * hour, each % 24);
  const again = new HourProfile();
  again.load(profile.save());
  for (let each = 1000; each < 1168; each++) assert.deepEqual(again.usual(each * hour), profile.usual(each * hour));
});
