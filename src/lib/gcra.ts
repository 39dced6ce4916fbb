// Rates with a burst, by the generic cell rate algorithm: one number a key, the time at which the key would be back to full rest.

/** `burst` at once after a rest, then one every `everyMs` milliseconds. */
export interface Rate {
  readonly everyMs: number;
  readonly burst: number;
}

/** So many a minute; null, which is no limit, for 0. */
export const ratePerMinute = (perMinute: number, burst: number): Rate | null =>
  perMinute <= 0 ? null : { everyMs: 60_000 / perMinute, burst: Math.max(1, burst) };

/** A clock may be set back by so much before what was counted till then is forgotten, in ms. */
const clockSlackMs = 300_000;

/**
 * The number kept for a key; 0 where it lies further ahead than any count leads to (`mostMs`: turns are given so far ahead). The clock was set
 * back then, by NTP after a start without a battery, and whoever was at the limit would be shut out for as long as that.
 */
const since = (restAt: number, { everyMs, burst }: Rate, now: number, mostMs = 0): number =>
  restAt - now > (burst + 1) * everyMs + mostMs + clockSlackMs ? 0 : restAt;

/** Milliseconds until one more conforms, 0 for now. `restAt` is the number kept for the key: 0 for one never seen. */
export const waitOf = (restAt: number, rate: Rate, now: number): number => Math.max(0, since(restAt, rate, now) - (rate.burst - 1) * rate.everyMs - now);

/** The number to keep when one has come. */
export const afterOne = (restAt: number, rate: Rate, now: number): number => Math.max(since(restAt, rate, now), now) + rate.everyMs;

/**
 * Rates of keys that strangers choose. Bounded: keys live in two generations of half the capacity, and when the young one is full the old
 * one is forgotten, keys not seen since. Nothing is moved about for it, as in a list of uses: each connection pays for a look here.
 */
export class RateTable {
  readonly #half: number;
  readonly #now: () => number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** `now` in milliseconds. */
  constructor({ capacity, now }: { readonly capacity: number; readonly now: () => number }) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
    this.#now = now;
  }

  /** Keys held; one that is in both generations counts twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The leaky clock: counts one only where it conforms. For what a legitimate client repeats when it is told to: else it would be locked out by its retries. */
  accept(key: string, rate: Rate): boolean {
    return this.reserve(key, rate, 0) === 0;
  }

  /** The strict clock: every attempt counts, so whoever goes on trying stays out; a rest of one burst opens again. True when it conforms. */
  attempt(key: string, rate: Rate): boolean {
    const now = this.#now();
    const restAt = this.#restAt(key);
    this.#keep(key, Math.min(afterOne(restAt, rate, now), now + rate.burst * rate.everyMs));
    return waitOf(restAt, rate, now) === 0;
  }

  /** The next free turn of the key: milliseconds until then, and it is taken; null, and nothing is counted, where that is longer than `mostMs`. */
  reserve(key: string, rate: Rate, mostMs: number): number | null {
    const now = this.#now();
    const restAt = since(this.#restAt(key), rate, now, mostMs);
    const wait = Math.max(0, restAt - (rate.burst - 1) * rate.everyMs - now);
    const isTooLong = wait > mostMs;
    this.#keep(key, isTooLong ? restAt : Math.max(restAt, now) + rate.everyMs); // refused keys are seen too: a flood must not be forgotten
    return isTooLong ? null : wait;
  }

  #restAt(key: string): number {
    return this.#young.get(key) ?? this.#old.get(key) ?? 0;
  }

  #keep(key: string, restAt: number): void {
    this.#young.set(key, restAt);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
