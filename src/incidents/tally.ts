// Counts by name in bounded memory: exact as long as the names have room, and beyond that with the error said beside each.
import { DistinctCount, distinctError } from '../lib/distinct-count.ts';
import type { HashKey } from '../lib/half-sip-hash.ts';
import { HeavyHitters } from '../lib/heavy-hitters.ts';
import { sketchHash } from '../lib/sketch-hash.ts';

export interface Counted {
  readonly name: string;
  readonly count: number;
  /** Absent: the count is exact. Else it is too high by this at most, never too low. */
  readonly error?: number;
}

/** Counts only what it is told; never ages. */
export class Tally {
  readonly #capacity: number;
  readonly #hitters: HeavyHitters;
  readonly #names = new DistinctCount();
  readonly #key: HashKey;

  /** `capacity` names are counted exactly. */
  constructor(capacity: number, key: HashKey) {
    this.#capacity = capacity;
    this.#hitters = new HeavyHitters({ capacity, halfLifeMs: Infinity });
    this.#key = key;
  }

  add(name: string): void {
    this.#names.add(sketchHash(this.#key, name));
    this.#hitters.add(name, 0);
  }

  /** Different names: exact while they have room, else an estimate. */
  get size(): number {
    return this.#isFull ? Math.max(this.#capacity, this.#names.count) : this.#hitters.size;
  }

  /** How far `size` may be off, as a share of it, at three standard errors; 0 while it is exact. */
  get sizeError(): number {
    return this.#isFull && this.#names.count > this.#capacity ? 3 * distinctError : 0;
  }

  /** The largest, largest first; equal ones by name. */
  top(most: number): readonly Counted[] {
    return this.#hitters.top(most, 0).map(({ key, est, err }) => (err > 0 ? { name: key, count: est, error: err } : { name: key, count: est }));
  }

  get #isFull(): boolean {
    return this.#hitters.size >= this.#capacity;
  }
}
