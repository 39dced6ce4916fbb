// The keys that sign what leaves us, in memory that all threads share. The keeper makes a new one each week; an old one still proves mail for as
// long as it may bounce, and is then written over. A stolen key is worth something for three weeks at most.

/** A key and the number by which BATV tags name it. */
export interface OutgoingKey {
  readonly number: number;
  readonly key: Buffer;
}

const keyOctets = 32;
/** A key signs for so long, in milliseconds, and proves for as long as the memory reaches back besides. */
const signsMs = 7 * 86_400_000;
/** Milliseconds for which mail of ours may still come back. */
export const returnsMs = 14 * 86_400_000;
const slots = 4;
/** Words of a slot: since when (s since the epoch; 0: empty), its number, the key. */
const slotWords = 2 + keyOctets / 4;

export class OutgoingKeys {
  readonly #words: Int32Array;

  static readonly bytes = slots * slotWords * 4;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** The key that signs now. */
  get signing(): OutgoingKey | null {
    let [best, since] = [-1, 0];
    for (let slot = 0; slot < slots; slot++) if (this.#since(slot) > since) [best, since] = [slot, this.#since(slot)];
    return best < 0 ? null : this.#read(best);
  }

  /** Those that prove at this moment, in milliseconds since the epoch. */
  proving(atMs: number): readonly OutgoingKey[] {
    const keys: OutgoingKey[] = [];
    for (let slot = 0; slot < slots; slot++) {
      const since = this.#since(slot) * 1000;
      if (since > 0 && atMs - since < signsMs + returnsMs) keys.push(this.#read(slot));
    }
    return keys;
  }

  /** The newest was made later than that: this clock is behind, or was ahead then. */
  areAhead(atMs: number): boolean {
    return Array.from({ length: slots }, (_, slot) => this.#since(slot)).some((since) => since * 1000 > atMs);
  }

  /** Puts `fresh()` in force where the newest has signed for long enough; for the keeper alone. True where it did. */
  rotate(atMs: number, fresh: () => Buffer): boolean {
    const sinces = Array.from({ length: slots }, (_, slot) => this.#since(slot));
    const newest = Math.max(...sinces);
    if (newest * 1000 > atMs) return this.#redate(atMs);
    if (newest > 0 && atMs - newest * 1000 < signsMs) return false;
    const number = newest === 0 ? 1 : (this.#words[sinces.indexOf(newest) * slotWords + 1] ?? 0) + 1;
    const start = sinces.indexOf(Math.min(...sinces)) * slotWords;
    Atomics.store(this.#words, start, 0); // nobody reads half a key
    const key = fresh();
    for (let word = 0; word < keyOctets / 4; word++) this.#words[start + 2 + word] = key.readInt32LE(word * 4);
    this.#words[start + 1] = number;
    Atomics.store(this.#words, start, Math.max(1, Math.floor(atMs / 1000)) | 0);
    return true;
  }

  /** Takes over what has changed in `draft`, which is on the disk by now. */
  adopt(draft: SharedArrayBuffer): void {
    const from = new Int32Array(draft);
    for (let start = 0; start < slots * slotWords; start += slotWords) {
      if (from.subarray(start, start + slotWords).every((word, at) => word === this.#words[start + at])) continue;
      Atomics.store(this.#words, start, 0); // nobody reads half a key
      for (let word = 1; word < slotWords; word++) this.#words[start + word] = from[start + word] ?? 0;
      Atomics.store(this.#words, start, from[start] ?? 0);
    }
  }

  /** Keys that were made while the clock was ahead are of now: nothing is written over for a clock that was wrong. */
  #redate(atMs: number): true {
    for (let slot = 0; slot < slots; slot++)
      if (this.#since(slot) * 1000 > atMs) Atomics.store(this.#words, slot * slotWords, Math.max(1, Math.floor(atMs / 1000)) | 0);
    return true;
  }

  #since(slot: number): number {
    return Atomics.load(this.#words, slot * slotWords) >>> 0;
  }

  #read(slot: number): OutgoingKey {
    const key = Buffer.alloc(keyOctets);
    for (let word = 0; word < keyOctets / 4; word++) key.writeInt32LE(this.#words[slot * slotWords + 2 + word] ?? 0, word * 4);
    return { number: this.#words[slot * slotWords + 1] ?? 0, key };
  }
}
