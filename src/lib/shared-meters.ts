// Leaky meters by key that hold over all threads at once: a fixed table in a SharedArrayBuffer, changed by compare and exchange, so that of
// two threads that want the last place one gets it. What is full lets one in when one has leaked away: an attempt that fails costs nothing.
//
// A slot is four words of 64 bits: the tag of its key, and a word for each meter: the time of the last leak in ms (41 bits) and what is in
// it (22 bits). A bucket is eight slots. Where all eight are taken, the one that leaked empty first is given to the newcomer with what is
// left in it: a count of a newcomer is never too low, and memory never grows.
import { halfSipHash, type HashKey } from './half-sip-hash.ts';

/** How much may be in it at once; so much leaks away, evenly, in each window. */
export interface MeterSize {
  readonly most: number;
  readonly windowMs: number;
}

/** Meters of a key. */
export const metersPerKey = 3;
/** The most a meter can hold. */
export const fullestMeter = 2 ** 22 - 1;

const slotsPerBucket = 8;
const wordsPerSlot = 1 + metersPerKey;
const headerWords = 3;
const levelBits = 22n;
const levelMask = (1n << levelBits) - 1n;

export class SharedMeters {
  readonly #words: BigInt64Array;
  readonly #key: HashKey;
  readonly #bucketMask: number;

  /** Memory for so many keys (a power of two at least 8), all of it now: 32 bytes a key. `key` is secret and random. */
  static allocate(slots: number, key: HashKey): SharedArrayBuffer {
    const buckets = 2 ** Math.max(0, Math.ceil(Math.log2(slots / slotsPerBucket)));
    const buffer = new SharedArrayBuffer((headerWords + buckets * slotsPerBucket * wordsPerSlot) * BigInt64Array.BYTES_PER_ELEMENT);
    new BigInt64Array(buffer).set([BigInt(buckets), BigInt(key.k0), BigInt(key.k1)]);
    return buffer;
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new BigInt64Array(buffer);
    const [buckets = 1n, k0 = 0n, k1 = 0n] = this.#words;
    this.#key = { k0: Number(k0), k1: Number(k1) };
    this.#bucketMask = Number(buckets) - 1;
  }

  /** Lets one in where there is room: what is in it then. Null, and nothing is changed, where it is full. `now` in ms since the epoch. */
  take(key: string, meter: number, size: MeterSize, now: number): number | null {
    const word = this.#slotOf(key) + 1 + meter;
    for (;;) {
      const before = Atomics.load(this.#words, word);
      const { level, at } = leaked(before, size, now);
      if (level >= size.most || level >= fullestMeter) return null;
      if (this.#exchange(word, before, pack(level + 1, at))) return level + 1;
    }
  }

  /** Takes `count` back out that were let in from `since` on; what may have leaked away since then is not given back a second time. */
  giveBack(key: string, meter: number, size: MeterSize, letIn: { readonly count: number; readonly since: number }, now: number): void {
    const slot = this.#find(key);
    if (slot < 0) return;
    const still = letIn.count - Math.floor(Math.max(0, now - letIn.since) / everyMs(size));
    if (still <= 0) return;
    const word = slot + 1 + meter;
    for (;;) {
      const before = Atomics.load(this.#words, word);
      const { level, at } = leaked(before, size, now);
      if (this.#exchange(word, before, pack(Math.max(0, level - still), at))) return;
    }
  }

  /** What is in it; 0 for a key never seen. */
  read(key: string, meter: number, size: MeterSize, now: number): number {
    const slot = this.#find(key);
    return slot < 0 ? 0 : leaked(Atomics.load(this.#words, slot + 1 + meter), size, now).level;
  }

  /** Puts back what was read at `at` before a restart; to be called before any other thread runs. */
  restore(key: string, meter: number, { level, at }: { readonly level: number; readonly at: number }): void {
    Atomics.store(this.#words, this.#slotOf(key) + 1 + meter, pack(level, at));
  }

  /** Whether the key has a slot. */
  knows(key: string): boolean {
    return this.#find(key) >= 0;
  }

  #exchange(word: number, before: bigint, after: bigint): boolean {
    return Atomics.compareExchange(this.#words, word, before, after) === before;
  }

  #find(key: string): number {
    return this.#search(...this.#tagOf(key)).found;
  }

  /** The key's slot; one is made where it has none. */
  #slotOf(key: string): number {
    const [tag, bucket] = this.#tagOf(key);
    for (;;) {
      const { found, free, freeTag } = this.#search(tag, bucket);
      if (found >= 0) return found;
      // Whoever comes second finds the first one's slot: both looked through the bucket in the same order.
      if (Atomics.compareExchange(this.#words, free, freeTag, tag) === freeTag) return free;
    }
  }

  #search(tag: bigint, bucket: number): { readonly found: number; readonly free: number; readonly freeTag: bigint } {
    let free = bucket;
    let freeTag = Atomics.load(this.#words, bucket);
    let oldest = this.#lastLeakOf(bucket);
    for (let slot = bucket; slot < bucket + slotsPerBucket * wordsPerSlot; slot += wordsPerSlot) {
      const found = Atomics.load(this.#words, slot);
      if (found === tag) return { found: slot, free: slot, freeTag: tag };
      if (found === 0n) return { found: -1, free: slot, freeTag: 0n };
      const lastLeak = this.#lastLeakOf(slot);
      if (lastLeak >= oldest) continue;
      [free, freeTag, oldest] = [slot, found, lastLeak];
    }
    return { found: -1, free, freeTag };
  }

  /** When something last came or leaked there. */
  #lastLeakOf(slot: number): bigint {
    let last = 0n;
    for (let meter = 1; meter <= metersPerKey; meter++) {
      const at = Atomics.load(this.#words, slot + meter) >> levelBits;
      if (at > last) last = at;
    }
    return last;
  }

  /** 63 bits that tell keys apart, never 0, and the first word of the bucket. */
  #tagOf(key: string): readonly [tag: bigint, bucket: number] {
    const high = halfSipHash(this.#key, key);
    const low = halfSipHash({ k0: this.#key.k1, k1: this.#key.k0 ^ 0x5bd1e995 }, key);
    const tag = (BigInt(high >>> 1) << 32n) | BigInt(low === 0 ? 1 : low);
    return [tag, headerWords + (low & this.#bucketMask) * slotsPerBucket * wordsPerSlot];
  }
}

const everyMs = ({ most, windowMs }: MeterSize): number => windowMs / most;
const pack = (level: number, at: number): bigint => (BigInt(at) << levelBits) | BigInt(Math.min(level, fullestMeter));

/** What is still in it, and the time up to which leaking is counted. */
function leaked(word: bigint, size: MeterSize, now: number): { readonly level: number; readonly at: number } {
  const level = Number(word & levelMask);
  const at = Number(word >> levelBits);
  const gone = Math.max(0, Math.floor((now - at) / everyMs(size)));
  // Rounded up: whoever asks often must not gain by it.
  return gone >= level ? { level: 0, at: Math.max(at, now) } : { level: level - gone, at: Math.ceil(at + gone * everyMs(size)) };
}
