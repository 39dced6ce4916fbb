// A map that never outgrows its capacity: the entry used longest ago goes first, and an entry dies at its time.
// For whatever is keyed by strangers.

interface Held<V> {
  readonly value: V;
  readonly deadline: number;
  readonly ttlMs: number;
}

/** A clock may be set back by so much before what was kept till then is over, in ms. */
const clockSlackMs = 300_000;

/** Also where its time lies further ahead than it was ever to live: the clock was set back, and nothing may outlive itself by that. */
const isOver = ({ deadline, ttlMs }: Held<unknown>, now: number): boolean => deadline <= now || deadline - now > ttlMs + clockSlackMs;

export interface LruMapOptions {
  /** Entries at most. */
  readonly capacity: number;
  /** Milliseconds; any origin. */
  readonly now: () => number;
}

export class LruMap<K, V> {
  readonly #capacity: number;
  readonly #now: () => number;
  /** In order of use, oldest first: a Map keeps the order of insertion. */
  readonly #held = new Map<K, Held<V>>();

  constructor({ capacity, now }: LruMapOptions) {
    this.#capacity = Math.max(1, capacity);
    this.#now = now;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The value, which thereby becomes the one used last; undefined when there is none or its time is over. */
  get(key: K): V | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    if (held.ttlMs !== Infinity && isOver(held, this.#now())) return undefined;
    this.#held.set(key, held);
    return held.value;
  }

  /** The value, without counting as use; undefined when there is none or its time is over. */
  peek(key: K): V | undefined {
    const held = this.#held.get(key);
    return held === undefined || (held.ttlMs !== Infinity && isOver(held, this.#now())) ? undefined : held.value;
  }

  /** Keeps a value for `ttlMs` milliseconds (for ever without it), at the cost of the one used longest ago. */
  set(key: K, value: V, ttlMs = Number.POSITIVE_INFINITY): void {
    this.#held.delete(key);
    if (this.#held.size >= this.#capacity) {
      const [oldest] = this.#held.keys();
      this.#held.delete(oldest as K); // there is one: the capacity is at least 1
    }
    this.#held.set(key, { value, deadline: this.#now() + ttlMs, ttlMs });
  }

  /** All that live, the one used longest ago first; looking at them does not count as use. */
  *entries(): Generator<readonly [K, V]> {
    const now = this.#now();
    for (const [key, held] of this.#held) if (!isOver(held, now)) yield [key, held.value];
  }

  delete(key: K): boolean {
    return this.#held.delete(key);
  }

  clear(): void {
    this.#held.clear();
  }
}
