// A fair sample of a stream of unknown length: each of all that came has the same chance to be in it (Vitter 1985, algorithm R).
// Seeded, so that the same stream gives the same sample when it is replayed.
import { seededRandom } from './seeded-random.ts';

export class Reservoir<T> {
  readonly #capacity: number;
  readonly #seed: number;
  /** Made when the first must give way: most streams are short. */
  #random: (() => number) | null = null;
  readonly #kept: T[] = [];
  #seen = 0;

  constructor(capacity: number, seed: number) {
    this.#capacity = capacity;
    this.#seed = seed;
  }

  /** How many came, and thereby what one of the sample stands for. */
  get seen(): number {
    return this.#seen;
  }

  add(item: T): void {
    this.#seen++;
    if (this.#kept.length < this.#capacity) {
      this.#kept.push(item);
      return;
    }
    this.#random ??= seededRandom(this.#seed);
    const place = Math.floor(this.#random() * this.#seen);
    if (place < this.#capacity) this.#kept[place] = item;
  }

  /** The sample, in no particular order. */
  get items(): readonly T[] {
    return this.#kept;
  }
}
