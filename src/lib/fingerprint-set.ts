// Have we seen this before? Only 32 bits of each thing are kept, in tables of numbers: a million correspondents take 8 MiB. Two things may
// share a fingerprint (once in 4,000 with a million kept): a stranger then passes for known, which a set for "seen before" may do.
// Bounded: when the young table is full the old one is forgotten, what was not seen since. It may lie in memory that threads share: one of
// them writes, the others read without waiting, and miss at worst what is being forgotten or has just come.

/** A table is called full at this share of its places: beyond it looking takes long. */
const fullShare = 0.6;
/** Words before the tables: which of the two is young, and how many things are in each. */
const headWords = 3;
/** A set that is not shared begins so small and doubles as it fills: a small site pays for what it has. */
const firstPlaces = 4096;

/** A set as it can be written down. */
export interface SavedFingerprints {
  readonly head: Int32Array;
  readonly tables: Int32Array;
}

export class FingerprintSet {
  readonly #mostPlaces: number;
  readonly #head: Int32Array;
  /** Both tables, place by place in turn: whoever looks into one has the other's place in the processor's cache. */
  #tables: Int32Array;

  /** Bytes for two tables of so many places, a power of two. */
  static bytesFor(places: number): number {
    return 4 * (headWords + 2 * places);
  }

  /**
   * `places` in each of the two tables at most, a power of two: 4 bytes each. In `memory`, from the byte `at` on, where it is to be shared: as
   * many bytes as `bytesFor` says; zeros are an empty set.
   */
  constructor(places: number, memory?: SharedArrayBuffer, at = 0) {
    this.#mostPlaces = 2 ** Math.ceil(Math.log2(Math.max(16, places)));
    const now = memory === undefined ? Math.min(firstPlaces, this.#mostPlaces) : this.#mostPlaces;
    const bytes: ArrayBufferLike = memory ?? new ArrayBuffer(FingerprintSet.bytesFor(now));
    this.#head = new Int32Array(bytes, at, headWords);
    this.#tables = new Int32Array(bytes, at + 4 * headWords, 2 * now);
  }

  get size(): number {
    return (this.#head[1] ?? 0) + (this.#head[2] ?? 0);
  }

  /** Takes a keyed 32-bit hash; whether it was there. */
  add(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0; // 0 is an empty place
    const young = this.#head[0] ?? 0;
    const place = placeOf(this.#tables, young, print);
    if (this.#tables[place] === print) return true;
    const wasOld = this.#tables[placeOf(this.#tables, 1 - young, print)] === print;
    this.#tables[place] = print;
    const count = (this.#head[1 + young] ?? 0) + 1;
    this.#head[1 + young] = count;
    if (count > (fullShare * this.#tables.length) / 2) this.#makeRoom(young);
    return wasOld;
  }

  /** Whether it was there, without adding it. */
  has(hash: number): boolean {
    const print = (hash | 0) === 0 ? 1 : hash | 0;
    const tables = this.#tables;
    return tables[placeOf(tables, 0, print)] === print || tables[placeOf(tables, 1, print)] === print;
  }

  /** A copy of what is in it. */
  save(): SavedFingerprints {
    return { head: this.#head.slice(), tables: this.#tables.slice() };
  }

  /** Takes what was saved in place of what is in it; of a larger set nothing. For a set in memory of its own. */
  load({ head, tables }: SavedFingerprints): void {
    if (head.length !== headWords || tables.length > 2 * this.#mostPlaces || !Number.isInteger(Math.log2(tables.length))) return;
    this.#head.set(head);
    this.#tables = new Int32Array(tables);
  }

  #makeRoom(young: number): void {
    if (this.#tables.length < 2 * this.#mostPlaces) this.#tables = doubled(this.#tables);
    else this.#age(1 - young);
  }

  /** Emptied while it is still the old one: a reader of the other memory misses nothing but what is being forgotten. */
  #age(old: number): void {
    for (let place = old; place < this.#tables.length; place += 2) this.#tables[place] = 0;
    this.#head[1 + old] = 0;
    Atomics.store(this.#head, 0, old);
  }
}

/** Where a fingerprint is in the table 0 or 1, or the empty place where it belongs. */
function placeOf(tables: Int32Array, which: number, print: number): number {
  const mask = tables.length - 1;
  let place = ((print << 1) & mask) | which;
  while (tables[place] !== 0 && tables[place] !== print) place = (place + 2) & mask;
  return place;
}

function doubled(tables: Int32Array): Int32Array {
  const larger = new Int32Array(2 * tables.length);
  for (let from = 0; from < tables.length; from++) {
    const print = tables[from] ?? 0;
    if (print !== 0) larger[placeOf(larger, from & 1, print)] = print;
  }
  return larger;
}
