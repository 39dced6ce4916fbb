// How much of its work a server should still take on, from several signals: a level that rises at once and falls slowly.

/** 0 all is well; 3 emergency. */
export type LoadLevel = 0 | 1 | 2 | 3;

/** Values from which on a signal asks for level 1, 2 and 3; the higher the worse. */
export type Thresholds = readonly [one: number, two: number, three: number];

/** A signal that asked for a level, with its value. */
export interface Cause {
  readonly signal: string;
  readonly value: number;
  readonly level: LoadLevel;
}

export interface LoadState {
  readonly level: LoadLevel;
  /** Since when nothing has asked for this level, in milliseconds; null while something does. */
  readonly calmSince: number | null;
}

export const calm: LoadState = { level: 0, calmSince: null };

/** The level that one value asks for. */
export function levelOf(value: number, [one, two, three]: Thresholds): LoadLevel {
  if (value > three) return 3;
  if (value > two) return 2;
  return value > one ? 1 : 0;
}

/** Every signal that asks for a level, the worst first. */
export function causesOf<S extends string>(signals: Readonly<Record<S, number>>, thresholds: Readonly<Record<S, Thresholds>>): readonly Cause[] {
  return (Object.entries(signals) as [S, number][])
    .map(([signal, value]) => ({ signal, value, level: levelOf(value, thresholds[signal]) }))
    .filter(({ level }) => level > 0)
    .toSorted((one, other) => other.level - one.level);
}

/** The level after one look. It falls one step at a time, each after `calmMs` in which nothing asked for more: shedding work makes every signal look well. */
export function nextLoad(state: LoadState, wanted: LoadLevel, now: number, calmMs: number): LoadState {
  if (wanted > state.level) return { level: wanted, calmSince: null };
  if (wanted === state.level) return state.calmSince === null ? state : { ...state, calmSince: null };
  if (state.calmSince === null) return { ...state, calmSince: now };
  if (now - state.calmSince < calmMs) return state;
  return { level: (state.level - 1) as LoadLevel, calmSince: now }; // above `wanted`, hence at least 1
}
