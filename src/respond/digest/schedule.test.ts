import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minuteOfDay, nextRound, type DigestSchedule } from './schedule.ts';

const hourMs = 3_600_000;
const local = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();
const daily: DigestSchedule = { everyMs: 24 * hourMs, atMinute: 7 * 60 };

const cases: readonly [schedule: DigestSchedule, after: number, last: number | null, next: number, why: string][] = [
  [daily, local(10, 6), null, local(10, 7), 'the first one waits for its hour'],
  [daily, local(10, 7, 1), null, local(11, 7), 'or for the next day'],
  [daily, local(10, 7), local(10, 7), local(11, 7), 'a day later'],
  [daily, local(10, 7, 20), local(10, 7, 20), local(11, 7), 'one that began late does not move the next'],
  [{ everyMs: 4 * hourMs, atMinute: 7 * 60 }, local(10, 7), local(10, 7), local(10, 11), 'more than once a day'],
  [{ everyMs: 4 * hourMs, atMinute: 7 * 60 }, local(10, 23, 30), local(10, 23), local(11, 3), 'over midnight'],
  [{ everyMs: 7 * 24 * hourMs, atMinute: 7 * 60 }, local(3, 7), local(3, 7), local(10, 7), 'once a week'],
  [{ everyMs: 7 * 24 * hourMs, atMinute: 7 * 60 }, local(3, 7), null, local(4, 7), 'the first of the weekly ones'],
];
for (const [schedule, after, last, next, why] of cases)
  test(`${new Date(next).toString().slice(0, 21)}: ${why}`, () => assert.equal(new Date(nextRound(schedule, after, last)).getTime(), next));

test('over a year with its changes of the clock there is a round every day, at the hour on the wall', () => {
  let last = new Date(2026, 0, 1, 7).getTime();
  for (let day = 2; day <= 365; day++) {
    last = nextRound(daily, last, last);
    assert.deepEqual([new Date(last).getHours(), new Date(last).getDate()], [7, new Date(2026, 0, day).getDate()]);
  }
});

test('an hour of the day is read', () => assert.deepEqual(['07:00', '23:59', '00:05'].map(minuteOfDay), [420, 1439, 5]));
