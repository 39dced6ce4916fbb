// The most frequent keys of a stream that never ends, in a fixed amount of memory: Space-Saving (Metwally et al. 2005) over weights that
// decay forward (Cormode et al. 2009): a thing counts 1 when it happens and half of that after each half-life. Instead of ageing every
// count, newer things weigh more; all counts are scaled down now and then.
// What is promised for a key: `est - err <= true <= est`, and whatever is truly above total / capacity is there. So nobody is ever
// accused for an error of the sketch: act on `est - err`.

/** A key with its decayed count: too high by at most `err`, never too low. */
export interface HeavyHitter {
  readonly key: string;
  readonly est: number;
  readonly err: number;
}

export interface HeavyHittersOptions {
  /** Keys counted at most. */
  readonly capacity: number;
  /** Milliseconds after which a thing counts half; Infinity: never forgotten. */
  readonly halfLifeMs: number;
}

/** Half-lives after which the weights are brought back to 1: 2^40 leaves a double 12 binary digits of fraction. */
const halfLivesPerScale = 40;

export class HeavyHitters {
  readonly #capacity: number;
  readonly #halfLifeMs: number;
  readonly #slotOf = new Map<string, number>();
  readonly #keys: string[] = [];
  /** Counts and errors by slot, as weighed at `#landmark`. */
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  /** Slots as a heap, the least counted first, and the place of each slot in it. */
  readonly #heap: Int32Array;
  readonly #placeOf: Int32Array;
  #landmark: number | null = null;
  #total = 0;

  constructor({ capacity, halfLifeMs }: HeavyHittersOptions) {
    this.#capacity = Math.max(1, capacity);
    this.#halfLifeMs = halfLifeMs;
    this.#counts = new Float64Array(this.#capacity);
    this.#errors = new Float64Array(this.#capacity);
    this.#heap = new Int32Array(this.#capacity);
    this.#placeOf = new Int32Array(this.#capacity);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Counts a key at a moment in ms; moments may come in any order. */
  add(key: string, at: number, weight = 1): void {
    const grown = weight * this.#weightAt(at);
    this.#total += grown;
    const slot = this.#slotOf.get(key);
    if (slot !== undefined) this.#grow(slot, grown);
    else if (this.#keys.length < this.#capacity) this.#append(key, grown, 0);
    else this.#replaceLeast(key, grown);
  }

  /** The decayed count of a key at a moment in ms; for a key that is not held, what it can be at most. */
  estimate(key: string, at: number): { readonly est: number; readonly err: number } {
    const slot = this.#slotOf.get(key);
    const scale = 1 / this.#weightOf(at);
    if (slot !== undefined) return { est: (this.#counts[slot] ?? 0) * scale, err: (this.#errors[slot] ?? 0) * scale };
    const most = this.#least() * scale;
    return { est: most, err: most };
  }

  /** Decayed count of everything at a moment in ms. */
  total(at: number): number {
    return this.#total / this.#weightOf(at);
  }

  /** The `most` largest at a moment in ms, largest first; equal ones by name. */
  top(most: number, at: number): readonly HeavyHitter[] {
    return this.#all(at)
      .toSorted((one, other) => other.est - one.est || (one.key < other.key ? -1 : 1))
      .slice(0, most);
  }

  /** Takes over the counts of another sketch of the same half-life. The promise holds for the sum. */
  merge(other: HeavyHitters, at: number): void {
    const [ourLeast, theirLeast] = [this.#leastIfFull(at), other.#leastIfFull(at)];
    const merged = new Map(this.#all(at).map((each) => [each.key, { ...each, est: each.est + theirLeast, err: each.err + theirLeast }]));
    for (const { key, est, err } of other.#all(at)) {
      const mine = merged.get(key);
      if (mine === undefined) merged.set(key, { key, est: est + ourLeast, err: err + ourLeast });
      else merged.set(key, { key, est: mine.est - theirLeast + est, err: mine.err - theirLeast + err });
    }
    const total = this.total(at) + other.total(at);
    this.#restart(at);
    this.#total = total;
    for (const { key, est, err } of [...merged.values()].toSorted((a, b) => b.est - a.est).slice(0, this.#capacity)) this.#append(key, est, err);
  }

  #all(at: number): HeavyHitter[] {
    const scale = 1 / this.#weightOf(at);
    return this.#keys.map((key, slot) => ({ key, est: (this.#counts[slot] ?? 0) * scale, err: (this.#errors[slot] ?? 0) * scale }));
  }

  /** Bound of what a key that is not held may count: nothing while there is room. */
  #leastIfFull(at: number): number {
    return this.#least() / this.#weightOf(at);
  }

  #least(): number {
    return this.#keys.length < this.#capacity ? 0 : (this.#counts[this.#heap[0] ?? 0] ?? 0);
  }

  #restart(at: number): void {
    this.#slotOf.clear();
    this.#keys.length = 0;
    this.#landmark = at;
  }

  #weightOf(at: number): number {
    return this.#landmark === null || this.#halfLifeMs === Number.POSITIVE_INFINITY ? 1 : 2 ** ((at - this.#landmark) / this.#halfLifeMs);
  }

  #weightAt(at: number): number {
    this.#landmark ??= at;
    if (at - this.#landmark > halfLivesPerScale * this.#halfLifeMs) this.#rescale(at);
    return this.#weightOf(at);
  }

  #rescale(landmark: number): void {
    const scale = 1 / this.#weightOf(landmark);
    this.#landmark = landmark;
    this.#total *= scale;
    for (let slot = 0; slot < this.#keys.length; slot++) {
      this.#counts[slot] = (this.#counts[slot] ?? 0) * scale;
      this.#errors[slot] = (this.#errors[slot] ?? 0) * scale;
    }
  }

  #append(key: string, count: number, error: number): void {
    const slot = this.#keys.length;
    this.#keys.push(key);
    this.#slotOf.set(key, slot);
    this.#counts[slot] = count;
    this.#errors[slot] = error;
    this.#place(slot, slot);
    this.#rise(slot);
  }

  #replaceLeast(key: string, count: number): void {
    const slot = this.#heap[0] ?? 0;
    const least = this.#counts[slot] ?? 0;
    this.#slotOf.delete(this.#keys[slot] ?? '');
    this.#slotOf.set(key, slot);
    this.#keys[slot] = key;
    this.#errors[slot] = least;
    this.#grow(slot, count);
  }

  #grow(slot: number, grown: number): void {
    this.#counts[slot] = (this.#counts[slot] ?? 0) + grown;
    this.#sink(this.#placeOf[slot] ?? 0);
  }

  #place(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#placeOf[slot] = place;
  }

  #countAt(place: number): number {
    return this.#counts[this.#heap[place] ?? 0] ?? 0;
  }

  #rise(from: number): void {
    let place = from;
    const slot = this.#heap[place] ?? 0;
    const count = this.#counts[slot] ?? 0;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#countAt(parent) <= count) break;
      this.#place(place, this.#heap[parent] ?? 0);
      place = parent;
    }
    this.#place(place, slot);
  }

  #sink(from: number): void {
    let place = from;
    const slot = this.#heap[place] ?? 0;
    const count = this.#counts[slot] ?? 0;
    const end = this.#keys.length;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= end) break;
      if (child + 1 < end && this.#countAt(child + 1) < this.#countAt(child)) child++;
      if (this.#countAt(child) >= count) break;
      this.#place(place, this.#heap[child] ?? 0);
      place = child;
    }
    this.#place(place, slot);
  }
}
