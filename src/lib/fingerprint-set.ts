// Have we seen this before? Only 32 bits of each thing are kept, in tables of numbers: a million correspondents take 8 MiB. Two things may
// share a fingerprint (once in 4,000 with a million kept): a stranger then passes for known, which a set for "seen before" may do.
// Bounded: when the young table is full the old one is forgotten, what was not seen since.

/** A table is called full at this share of its places: beyond it looking takes long. */
const fullShare = 0.6;

export class FingerprintSet {
  readonly #places: number;
  #young: Int32Array;
  #old: Int32Array;
  #count = 0;
  #oldCount = 0;

  /** `places` in each of the two tables, a power of two: 4 bytes each. */
  constructor(places: number) {
    this.#places = 2 ** Math.ceil(Math.log2(Math.max(16, places)));
    this.#young = new Int32Array(this.#places);
    this.#old = new Int32Array(this.#places);
  }

  get size(): number {
    return this.#count + this.#oldCount;
  }

  /** Takes a keyed 32-bit hash; whether it was there. */
  add(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0; // 0 is an empty place
    const place = placeOf(this.#young, print);
    if (this.#young[place] === print) return true;
    const wasOld = this.#old[placeOf(this.#old, print)] === print;
    this.#young[place] = print;
    this.#count++;
    if (this.#count > fullShare * this.#places) this.#age();
    return wasOld;
  }

  /** Whether it was there, without adding it. */
  has(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0;
    return this.#young[placeOf(this.#young, print)] === print || this.#old[placeOf(this.#old, print)] === print;
  }

  #age(): void {
    [this.#young, this.#old] = [this.#old.fill(0), this.#young];
    this.#oldCount = this.#count;
    this.#count = 0;
  }
}

/** Where a fingerprint is, or the empty place where it belongs. */
function placeOf(table: Int32Array, print: number): number {
  const mask = table.length - 1;
  let place = print & mask;
  while (table[place] !== 0 && table[place] !== print) place = (place + 1) & mask;
  return place;
}
