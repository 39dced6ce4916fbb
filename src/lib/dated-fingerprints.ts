// Have we seen this within the last days? A table in shared memory: all threads write and read it, without waiting for one another. A place
// holds a fingerprint of 27 bits and the day on which it was seen last; eight places make a bucket, and each thing may be in either of two, the
// emptier one: so the table fills evenly. Bounded: where both are full the oldest goes, and the table remembers since when nothing that is young
// enough has been lost.
import { halfSipHash, type HashKey } from './half-sip-hash.ts';

/** Milliseconds. */
const dayMs = 86_400_000;
const bucketPlaces = 8;
const printBits = 27;
const printMask = 2 ** printBits - 1;
/** Days are kept modulo this; 0 is an empty place. What is older than it must have been swept away before. */
const dayCycle = 31;

/** Words before the places: since when it is complete (s since the epoch), changes counted, four words of the secret key. */
const header = { completeSince: 0, changes: 1, key: 2, words: 8 } as const;

export interface DatedFingerprintsOptions {
  /** Days, 1 to 15, for which a thing is remembered at least. */
  readonly days: number;
}

export class DatedFingerprints {
  readonly #words: Int32Array;
  readonly #buckets: number;
  readonly #days: number;
  readonly #keys: readonly [HashKey, HashKey];

  /** Memory for so many things: 4 bytes a place, a third more places than things. */
  static bytesFor(things: number): number {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(2, (things * 1.3) / bucketPlaces)));
    return 4 * (header.words + buckets * bucketPlaces);
  }

  /** Makes fresh memory ready: empty, complete from `sinceMs` on. `secret` has 16 octets. */
  static prepare(memory: SharedArrayBuffer, secret: Buffer, sinceMs: number): void {
    const words = new Int32Array(memory);
    words.fill(0);
    for (let word = 0; word < 4; word++) words[header.key + word] = secret.readInt32LE(word * 4);
    words[header.completeSince] = Math.ceil(sinceMs / 1000) | 0;
  }

  constructor(memory: SharedArrayBuffer, { days }: DatedFingerprintsOptions) {
    this.#words = new Int32Array(memory);
    this.#buckets = (this.#words.length - header.words) / bucketPlaces;
    this.#days = days;
    const [a = 0, b = 0, c = 0, d = 0] = this.#words.subarray(header.key, header.key + 4);
    this.#keys = [
      { k0: a, k1: b },
      { k0: c, k1: d },
    ];
  }

  /** Milliseconds since the epoch from which on everything is remembered that is young enough. */
  get completeSinceMs(): number {
    return (Atomics.load(this.#words, header.completeSince) >>> 0) * 1000;
  }

  /** Grows with each change, whichever thread made it. */
  get changes(): number {
    return Atomics.load(this.#words, header.changes);
  }

  /** Remembers a thing; `atMs` since the epoch. */
  add(thing: string, atMs: number): void {
    const { places, print } = this.#placesOf(thing);
    const day = dayOf(atMs);
    const word = wordOf(print, day);
    for (let tries = 0; tries < bucketPlaces; tries++) {
      const { at, seen } = this.#placeFor(places, print, day);
      if (seen === word) return;
      if (Atomics.compareExchange(this.#words, at, seen, word) !== seen) continue; // another thread was quicker: look again
      Atomics.add(this.#words, header.changes, 1);
      if (seen !== 0 && (seen & printMask) !== print && this.#isYoung(seen, day)) this.#lost(day - ageOf(seen, day));
      return;
    }
  }

  /** Whether it was seen; one in eight million that were not seems to have been. */
  has(thing: string, atMs: number): boolean {
    const { places, print } = this.#placesOf(thing);
    const day = dayOf(atMs);
    return places.some((first) => {
      for (let at = first; at < first + bucketPlaces; at++) {
        const seen = Atomics.load(this.#words, at);
        if (seen !== 0 && (seen & printMask) === print && this.#isYoung(seen, day)) return true;
      }
      return false;
    });
  }

  /** Something may be missing that came before, or be dated wrongly: it is complete from `atMs` on only, also where it was said to be from a later moment on. */
  beginAnew(atMs: number): void {
    Atomics.store(this.#words, header.completeSince, Math.ceil(atMs / 1000) | 0);
    Atomics.add(this.#words, header.changes, 1);
  }

  /** Forgets what is too old. Must be called more often than every two weeks, or the old would seem young again. */
  sweep(atMs: number): void {
    const day = dayOf(atMs);
    for (let at = header.words; at < this.#words.length; at++) {
      const seen = Atomics.load(this.#words, at);
      if (seen !== 0 && !this.#isYoung(seen, day)) Atomics.compareExchange(this.#words, at, seen, 0);
    }
  }

  #placesOf(thing: string): { readonly places: readonly [number, number]; readonly print: number } {
    const print = halfSipHash(this.#keys[1], thing) & printMask;
    const bucket = halfSipHash(this.#keys[0], thing) & (this.#buckets - 1);
    const other = (bucket ^ (Math.imul(print, 0x9e3779b1) >>> 5)) & (this.#buckets - 1);
    return { places: [header.words + bucket * bucketPlaces, header.words + other * bucketPlaces], print };
  }

  /** Where it is already; else an empty place of the emptier bucket; else the oldest of both. */
  #placeFor(places: readonly [number, number], print: number, day: number): { readonly at: number; readonly seen: number } {
    let best = { at: places[0], seen: 0, worth: -1 };
    for (const first of places) {
      let empty = 0;
      for (let at = first; at < first + bucketPlaces; at++) {
        const seen = Atomics.load(this.#words, at);
        if (seen !== 0 && (seen & printMask) === print) return { at, seen };
        if (seen === 0) empty++;
        const worth = seen === 0 ? dayCycle + empty : ageOf(seen, day);
        if (worth > best.worth) best = { at, seen, worth };
      }
    }
    return best;
  }

  #isYoung(word: number, day: number): boolean {
    return ageOf(word, day) <= this.#days;
  }

  /** Something of that day had to go: it is complete from the next day on only. */
  #lost(day: number): void {
    const since = ((day + 1) * dayMs) / 1000;
    for (;;) {
      const before = Atomics.load(this.#words, header.completeSince);
      if (before >>> 0 >= since || Atomics.compareExchange(this.#words, header.completeSince, before, since | 0) === before) return;
    }
  }
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);
const wordOf = (print: number, day: number): number => (((day % dayCycle) + 1) << printBits) | print;
/** Days since it was seen, modulo the cycle. */
const ageOf = (word: number, day: number): number => ((day % dayCycle) + 1 - (word >>> printBits) + dayCycle) % dayCycle;
