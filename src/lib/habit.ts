// How much a key usually gets an hour: a mean over its last week that one attack does not move. What an hour adds is cut off at a little more
// than twice the habit, so a habit follows a lasting change within days and an attack of some hours hardly at all.

const hourMs = 3_600_000;
/** Hours after which an hour counts 1/e. */
const memoryHours = 168;
const keptAnHour = Math.exp(-1 / memoryHours);

/** What is kept of a key; a fresh one is `startHabit()`. */
export interface Habit {
  /** The hour being counted, in hours since the epoch, and what came in it. */
  hour: number;
  inHour: number;
  /** Decayed sum of the hours before. */
  past: number;
}

export const startHabit = (): Habit => ({ hour: 0, inHour: 0, past: 0 });

/** Since when habits are learned, in ms since the epoch, and what an hour may add where nothing is usual yet. */
export interface HabitTerms {
  readonly sinceAt: number;
  readonly mostNew: number;
}

/** Takes one event at a moment in ms. */
export function noteHabit(habit: Habit, terms: HabitTerms, at: number): void {
  closeHours(habit, terms, at);
  habit.inHour++;
}

/** Events an hour that are usual at a moment in ms; the running hour does not count. */
export function habitPerHour(habit: Habit, terms: HabitTerms, at: number): number {
  closeHours(habit, terms, at);
  return habit.past === 0 ? 0 : habit.past / learnedHours(terms, at); // most keys have no past yet
}

/** Weight of all hours since learning began; a day at the least, so that one busy first hour is no habit. */
function learnedHours({ sinceAt }: HabitTerms, at: number): number {
  return Math.max(24, memoryHours * (1 - Math.exp(-Math.max(0, at - sinceAt) / hourMs / memoryHours)));
}

/** Adds the hours that are over; an event of an hour before the running one counts into the running one. */
function closeHours(habit: Habit, terms: HabitTerms, at: number): void {
  const hour = Math.floor(at / hourMs);
  if (hour <= habit.hour) return;
  const usual = habit.past / learnedHours(terms, at);
  habit.past = (habit.past + Math.min(habit.inHour, terms.mostNew + 2 * usual)) * keptAnHour ** (hour - habit.hour);
  habit.inHour = 0;
  habit.hour = hour;
}
