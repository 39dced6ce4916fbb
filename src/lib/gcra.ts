// Rates with a burst, by the generic cell rate algorithm: one number a key, the time at which the key would be back to full rest.
import { LruMap } from './lru-map.ts';

/** `burst` at once after a rest, then one every `everyMs` milliseconds. */
export interface Rate {
  readonly everyMs: number;
  readonly burst: number;
}

/** So many a minute; null, which is no limit, for 0. */
export const ratePerMinute = (perMinute: number, burst: number): Rate | null => (perMinute <= 0 ? null : { everyMs: 60_000 / perMinute, burst: Math.max(1, burst) });

/** Milliseconds until one more conforms, 0 for now. `restAt` is the number kept for the key: 0 for one never seen. */
export const waitOf = (restAt: number, { everyMs, burst }: Rate, now: number): number => Math.max(0, restAt - (burst - 1) * everyMs - now);

/** The number to keep when one has come. */
export const afterOne = (restAt: number, { everyMs }: Rate, now: number): number => Math.max(restAt, now) + everyMs;

/** Rates of keys that strangers choose: bounded, the key not seen for longest is forgotten first (it has rested most). */
export class RateTable {
  readonly #restAt: LruMap<string, number>;
  readonly #now: () => number;

  /** `now` in milliseconds, never backwards. */
  constructor({ capacity, now }: { readonly capacity: number; readonly now: () => number }) {
    this.#restAt = new LruMap({ capacity, now });
    this.#now = now;
  }

  get size(): number {
    return this.#restAt.size;
  }

  /** The leaky clock: counts one only where it conforms. For what a legitimate client repeats when it is told to: else it would be locked out by its retries. */
  accept(key: string, rate: Rate): boolean {
    return this.reserve(key, rate, 0) === 0;
  }

  /** The strict clock: every attempt counts, so whoever goes on trying stays out; a rest of one burst opens again. True when it conforms. */
  attempt(key: string, rate: Rate): boolean {
    const now = this.#now();
    const restAt = this.#restAt.get(key) ?? 0;
    this.#restAt.set(key, Math.min(afterOne(restAt, rate, now), now + rate.burst * rate.everyMs));
    return waitOf(restAt, rate, now) === 0;
  }

  /** The next free turn of the key: milliseconds until then, and it is taken; null, and nothing is counted, where that is longer than `mostMs`. */
  reserve(key: string, rate: Rate, mostMs: number): number | null {
    const now = this.#now();
    const restAt = this.#restAt.get(key) ?? 0;
    const wait = waitOf(restAt, rate, now);
    if (wait > mostMs) return null;
    this.#restAt.set(key, afterOne(restAt, rate, now));
    return wait;
  }
}
