// Which mode holds now: an observation that `init` began ends by itself.
import type { Config } from './options.ts';

/** `observe` until `observeUntil`, where that is set; `nowMs` in milliseconds since the epoch. */
export function modeAt({ mode, observeUntil }: Pick<Config, 'mode' | 'observeUntil'>, nowMs: number): Config['mode'] {
  return mode === 'observe' && observeUntil !== undefined && nowMs >= observeUntil ? 'enforce' : mode;
}
