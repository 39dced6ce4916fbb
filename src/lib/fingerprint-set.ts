// Have we seen this before? Only 32 bits of each thing are kept, in tables of numbers: a million correspondents take 8 MiB. Two things may
// share a fingerprint (once in 4,000 with a million kept): a stranger then passes for known, which a set for "seen before" may do.
// Bounded: when the young table is full the old one is forgotten, what was not seen since. It may lie in memory that threads share: one of
// them writes, the others read without waiting, and miss at worst what is being forgotten or has just come.

/** A table is called full at this share of its places: beyond it looking takes long. */
const fullShare = 0.6;
/** Words before the tables: which of the two is young, and how many things are in each. */
const headWords = 3;

export class FingerprintSet {
  readonly #places: number;
  readonly #head: Int32Array;
  #young: Int32Array;
  #old: Int32Array;
  /** The table that `#young` is. */
  #which = 0;

  /** Bytes for two tables of so many places, a power of two. */
  static bytesFor(places: number): number {
    return 4 * (headWords + 2 * places);
  }

  /**
   * `places` in each of the two tables, a power of two: 4 bytes each. In `memory`, from the byte `at` on, where it is to be shared: as many
   * bytes as `bytesFor` says; zeros are an empty set.
   */
  constructor(places: number, memory?: SharedArrayBuffer, at = 0) {
    this.#places = 2 ** Math.ceil(Math.log2(Math.max(16, places)));
    const bytes: ArrayBufferLike = memory ?? new ArrayBuffer(FingerprintSet.bytesFor(this.#places));
    const tableBytes = 4 * this.#places;
    const first = at + 4 * headWords;
    this.#head = new Int32Array(bytes, at, headWords);
    this.#young = new Int32Array(bytes, first, this.#places);
    this.#old = new Int32Array(bytes, first + tableBytes, this.#places);
  }

  get size(): number {
    return (this.#head[1] ?? 0) + (this.#head[2] ?? 0);
  }

  /** Takes a keyed 32-bit hash; whether it was there. */
  add(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0; // 0 is an empty place
    const which = this.#turned();
    const place = placeOf(this.#young, print);
    if (this.#young[place] === print) return true;
    const wasOld = this.#old[placeOf(this.#old, print)] === print;
    this.#young[place] = print;
    const count = (this.#head[1 + which] ?? 0) + 1;
    this.#head[1 + which] = count;
    if (count > fullShare * this.#places) this.#age();
    return wasOld;
  }

  /** Whether it was there, without adding it. */
  has(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0;
    this.#turned();
    return this.#young[placeOf(this.#young, print)] === print || this.#old[placeOf(this.#old, print)] === print;
  }

  /** Which table is the young one, and it taken for such: another thread may have turned them round. */
  #turned(): number {
    const which = this.#head[0] ?? 0;
    if (which !== this.#which) {
      [this.#young, this.#old] = [this.#old, this.#young];
      this.#which = which;
    }
    return which;
  }

  /** Emptied while it is still the old one: a reader of the other memory misses nothing but what is being forgotten. */
  #age(): void {
    this.#old.fill(0);
    const next = 1 - this.#which;
    this.#head[1 + next] = 0;
    Atomics.store(this.#head, 0, next);
  }
}

/** Where a fingerprint is, or the empty place where it belongs. */
function placeOf(table: Int32Array, print: number): number {
  const mask = table.length - 1;
  let place = print & mask;
  while (table[place] !== 0 && table[place] !== print) place = (place + 1) & mask;
  return place;
}
