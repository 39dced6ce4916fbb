// Whether what nobody has ordered is only recorded just now.
import type { Config } from './options.ts';

/** Mode observe, and its end (`observeUntil`) has not come. Milliseconds since the epoch. */
export const isObserving = ({ mode, observeUntil }: Pick<Config, 'mode' | 'observeUntil'>, nowMs: number): boolean =>
  mode === 'observe' && (observeUntil === undefined || nowMs < observeUntil);
