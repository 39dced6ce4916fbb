// Counts by key that hold over all threads at once: a fixed table in a SharedArrayBuffer. Each thread writes only its own region,
// so a count needs no lock and a thread that died is forgotten by clearing its region; the sum over the regions is the count.
//
// A region is tallies (counts with a fixed number instead of a key) and buckets of eight words: seven places, each a 16-bit tag and
// a 16-bit count, and a spill word that counts whatever found no place. A spill belongs to every key of its bucket: a count is never
// too low, and too high only for two keys of one hash (2^-32 a pair in the largest table) or where a bucket was full.
import { halfSipHash, type HashKey } from './half-sip-hash.ts';

/** How many tallies a region has. */
export const tallies = 8;

const headerWords = 4;
const spilledWord = tallies;
const regionHeaderWords = 16;
const placesInBucket = 7;
const wordsInBucket = 8;
const mostInPlace = 0xffff;
const mostBucketBits = 16;

export class SharedCounters {
  readonly #words: Int32Array;
  readonly #key: HashKey;
  readonly #doors: number;
  readonly #bucketMask: number;
  readonly #regionWords: number;
  /** First word of our own region; -1 for a reader. */
  readonly #own: number;

  /**
   * Memory for `doors` threads and about `slots` keys at once, all of it now: 16 bytes a slot and door, at most 2 MiB a door.
   * `key` is secret and random: whoever knows it can make counts of strangers collide.
   */
  static allocate(doors: number, slots: number, key: HashKey): SharedArrayBuffer {
    // Two keys a bucket on average: one bucket in 900 then has more than its seven places.
    const bucketBits = Math.min(mostBucketBits, Math.max(1, Math.ceil(Math.log2(slots / 2))));
    const words = headerWords + doors * (regionHeaderWords + (wordsInBucket << bucketBits));
    const buffer = new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(buffer).set([doors, bucketBits, key.k0, key.k1]);
    return buffer;
  }

  /** The table as thread number `door` (from 0) counts in it; a 'reader' may read and clear only. */
  static attach(buffer: SharedArrayBuffer, door: number | 'reader'): SharedCounters {
    return new SharedCounters(new Int32Array(buffer), door);
  }

  private constructor(words: Int32Array, door: number | 'reader') {
    const [doors = 0, bucketBits = 0, k0 = 0, k1 = 0] = words;
    if (door !== 'reader' && (!Number.isInteger(door) || door < 0 || door >= doors)) throw new RangeError(`no region for door ${door}: there are ${doors}`);
    this.#words = words;
    this.#key = { k0, k1 };
    this.#doors = doors;
    this.#bucketMask = (1 << bucketBits) - 1;
    this.#regionWords = regionHeaderWords + (wordsInBucket << bucketBits);
    this.#own = door === 'reader' ? -1 : headerWords + door * this.#regionWords;
  }

  /** Counts one more of `key` and returns its total over all doors. Whoever finds the total above its cap takes its one back. */
  increment(key: string): number {
    const hash = halfSipHash(this.#key, key);
    const tag = hash >>> 16;
    const bucket = this.#bucketOf(hash);
    const at = this.#ownRegion() + bucket;
    let free = -1;
    for (let place = at; place < at + placesInBucket; place++) {
      const word = Atomics.load(this.#words, place);
      const count = word & mostInPlace;
      if (count === 0) {
        if (free < 0) free = place;
      } else if (word >>> 16 === tag && count < mostInPlace) {
        Atomics.store(this.#words, place, word + 1);
        return this.#total(bucket, tag);
      } else if (word >>> 16 === tag) {
        free = -1; // its place is full: the rest spills, never into a second place of the same tag
        break;
      }
    }
    if (free < 0) this.#spill(at + placesInBucket);
    else Atomics.store(this.#words, free, (tag << 16) | 1);
    return this.#total(bucket, tag);
  }

  /** Takes back one that this door counted. */
  decrement(key: string): void {
    const hash = halfSipHash(this.#key, key);
    const at = this.#ownRegion() + this.#bucketOf(hash);
    const place = this.#placeOf(at, hash >>> 16);
    // Its own place first: what is left of the key when that is empty stands in the spill.
    if (place >= 0) Atomics.store(this.#words, place, Atomics.load(this.#words, place) - 1);
    else this.#lower(at + placesInBucket);
  }

  /** The total of `key` over all doors. */
  read(key: string): number {
    const hash = halfSipHash(this.#key, key);
    return this.#total(this.#bucketOf(hash), hash >>> 16);
  }

  /** Adds one to a tally (0 to `tallies` - 1) and returns its total over all doors. */
  raise(tally: number): number {
    const word = this.#ownRegion() + tally;
    Atomics.store(this.#words, word, Atomics.load(this.#words, word) + 1);
    return this.readTally(tally);
  }

  /** Takes back one that this door added to a tally. */
  lower(tally: number): void {
    this.#lower(this.#ownRegion() + tally);
  }

  /** The total of a tally over all doors. */
  readTally(tally: number): number {
    let total = 0;
    for (let door = 0, word = headerWords + tally; door < this.#doors; door++, word += this.#regionWords) total += Atomics.load(this.#words, word);
    return total;
  }

  /** How often since the start a count found no place of its own, over all doors. Rising fast: the table is too small. */
  spilled(): number {
    return this.readTally(spilledWord);
  }

  /** Forgets what a door counted. Only after its thread has ended and before the next one takes its place. */
  clearRegion(door: number): void {
    const start = headerWords + door * this.#regionWords;
    for (let word = start; word < start + this.#regionWords; word++) if (word !== start + spilledWord) Atomics.store(this.#words, word, 0);
  }

  #ownRegion(): number {
    if (this.#own < 0) throw new Error('a reader of shared counters does not count');
    return this.#own;
  }

  /** First word of the hash's bucket, counted from the start of a region. */
  #bucketOf(hash: number): number {
    return regionHeaderWords + (hash & this.#bucketMask) * wordsInBucket;
  }

  #placeOf(at: number, tag: number): number {
    for (let place = at; place < at + placesInBucket; place++) {
      const word = Atomics.load(this.#words, place);
      if (word >>> 16 === tag && (word & mostInPlace) !== 0) return place;
    }
    return -1;
  }

  #total(bucket: number, tag: number): number {
    let total = 0;
    for (let door = 0, at = headerWords + bucket; door < this.#doors; door++, at += this.#regionWords) {
      for (let place = at; place < at + placesInBucket; place++) {
        const word = Atomics.load(this.#words, place);
        if (word >>> 16 === tag) total += word & mostInPlace;
      }
      total += Atomics.load(this.#words, at + placesInBucket);
    }
    return total;
  }

  #spill(word: number): void {
    Atomics.store(this.#words, word, Atomics.load(this.#words, word) + 1);
    const spilled = this.#own + spilledWord;
    Atomics.store(this.#words, spilled, Atomics.load(this.#words, spilled) + 1);
  }

  #lower(word: number): void {
    Atomics.store(this.#words, word, Math.max(0, Atomics.load(this.#words, word) - 1));
  }
}
