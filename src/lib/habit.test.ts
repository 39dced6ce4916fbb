import assert from 'node:assert/strict';
import { test } from 'node:test';
import { habitPerHour, noteHabit, startHabit, type Habit, type HabitTerms } from './habit.ts';

const hour = 3_600_000;
const terms: HabitTerms = { sinceAt: 0, mostNew: 5 };

/** So many events in each of some hours. */
function hoursOf(habit: Habit, from: number, hours: number, perHour: number): number {
  for (let number = 0; number < hours; number++) for (let event = 0; event < perHour; event++) noteHabit(habit, terms, (from + number) * hour + event);
  return from + hours;
}

test('a steady rate is learned within the week and forgotten in the weeks after it', () => {
  const habit = startHabit();
  const end = hoursOf(habit, 0, 400, 4);
  assert.ok(Math.abs(habitPerHour(habit, terms, end * hour) - 4) < 0.2);
  assert.ok(habitPerHour(habit, terms, (end + 4 * 168) * hour) < 0.1);
});

test('an attack of two hours hardly moves it', () => {
  const habit = startHabit();
  const end = hoursOf(habit, hoursOf(habit, 0, 400, 1), 2, 5000);
  assert.ok(habitPerHour(habit, terms, end * hour) < 1.2);
});

test('a lasting change becomes the habit', () => {
  const habit = startHabit();
  const end = hoursOf(habit, hoursOf(habit, 0, 200, 1), 500, 60);
  assert.ok(habitPerHour(habit, terms, end * hour) > 30);
});

test('one busy first hour is no habit', () => {
  const habit = startHabit();
  hoursOf(habit, 0, 1, 100);
  assert.ok(habitPerHour(habit, terms, hour) < 1);
});

test('the hour that runs does not count for itself, and a late event counts into it', () => {
  const habit = startHabit();
  noteHabit(habit, terms, 10 * hour);
  noteHabit(habit, terms, 9 * hour);
  assert.equal(habitPerHour(habit, terms, 10 * hour + 1), 0);
  assert.equal(habit.inHour, 2);
});
