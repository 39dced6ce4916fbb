// What a detector has learned over days and weeks: habits, acquaintances, hours of the week. It can be written down and taken up again, so that a
// restarted gateway neither alarms on what it knew nor takes an attack for a beginning. What lasts an hour is not worth it.
import type { Habit } from '../lib/habit.ts';
import type { KeyedStates } from '../lib/keyed-states.ts';

/**
 * Something that can be written down. `save` gives texts, numbers, tables of numbers, and lists and plain objects of these, none of which is
 * changed afterwards. `load` takes what `save` of the same version gave, before the first sighting; whoever keeps it in between sees to that.
 */
export interface Kept {
  save(): unknown;
  load(saved: unknown): void;
}

/** All that a detector has learned; of another version nothing is taken up. */
export interface Learned extends Kept {
  readonly version: number;
}

type Parts = Readonly<Record<string, Kept>>;

/** The parts of it by name. A part that was not saved then is left as it is. */
export function learnedOf(version: number, parts: Parts): Learned {
  return {
    version,
    save: () => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()])),
    load: (saved: Readonly<Record<string, unknown>>) => {
      for (const [name, part] of Object.entries(parts)) if (Object.hasOwn(saved, name)) part.load(saved[name]);
    },
  };
}

/** Since when something is learned, in ms since the epoch. */
export class LearningSince implements Kept {
  #at: number | null = null;

  /** The first moment that was asked for. */
  from(at: number): number {
    return (this.#at ??= at);
  }

  save(): number | null {
    return this.#at;
  }

  load(saved: number | null): void {
    this.#at = saved;
  }
}

/** Habits side by side: of each key hour, number in that hour, and past. */
export interface SavedHabits {
  readonly keys: readonly string[];
  readonly numbers: Float64Array;
}

const numbersEach = 3;

/** The habits in the states of keys; the rest of a state begins anew. Keys that have no habit yet are left out. */
export function habitsIn<S>(states: KeyedStates<S>, habitOf: (state: S) => Habit): Kept {
  return {
    save: (): SavedHabits => {
      const keys: string[] = [];
      const numbers = new Float64Array(numbersEach * states.size);
      for (const [key, state] of states.entries()) {
        const habit = habitOf(state);
        if (habit.past <= 0 && habit.inHour <= 0) continue;
        numbers.set(numbersOf(habit), numbersEach * keys.length);
        keys.push(key);
      }
      return { keys, numbers: numbers.slice(0, numbersEach * keys.length) };
    },
    load: ({ keys, numbers }: SavedHabits) => {
      for (const [index, key] of keys.entries()) setHabit(habitOf(states.of(key)), numbers.subarray(index * numbersEach));
    },
  };
}

/** The one habit of a whole site. */
export const habitAlone = (habit: Habit): Kept => ({ save: () => numbersOf(habit), load: (saved: readonly number[]) => setHabit(habit, saved) });

export const numbersOf = ({ hour, inHour, past }: Habit): [hour: number, inHour: number, past: number] => [hour, inHour, past];

/** Puts saved numbers into a habit. */
export function setHabit(habit: Habit, numbers: ArrayLike<number>): void {
  habit.hour = numbers[0] ?? 0;
  habit.inHour = numbers[1] ?? 0;
  habit.past = numbers[2] ?? 0;
}
