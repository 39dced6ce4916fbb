// How alarms say their numbers.
import type { Estimate } from '../model/alarm.ts';

/** A count that is exact. */
export const exactly = (count: number): Estimate => ({ est: count, err: 0 });

/** A time in ms as a person says it: `3 min`, `2 h 5 min`; at least a minute. */
export function minutesText(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 recipient`, `2 recipients`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
