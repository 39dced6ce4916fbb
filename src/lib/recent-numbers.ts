// A number for each of many keys that strangers choose, by keyed 32-bit hashes of them: no text is kept and nothing is made for a new key, so a
// stranger costs a place in a table. Two keys may share a hash (one new key in 100,000 with 40,000 held): for counts and times of which one
// that is another's does no harm. Generations as in recent-map.ts.

export interface RecentNumbersOptions {
  /** Keys at most. */
  readonly capacity: number;
  /** Milliseconds a key is kept at least after its last use, while there is room; Infinity: only room counts. */
  readonly keepMs: number;
}

/** A generation is made so small and doubles as it fills: a small site pays for what it has. */
const fewestPlaces = 256;
const fullShare = 0.6;

/** Prints and numbers of the places that are taken. */
interface SavedGeneration {
  readonly prints: Int32Array;
  readonly values: Float64Array;
}

/** The keys and their numbers as they can be written down. */
export interface SavedNumbers {
  readonly young: SavedGeneration;
  readonly old: SavedGeneration;
  readonly since: number | null;
}

/** Prints and numbers side by side; open addressing. */
class Generation {
  size = 0;
  #prints = new Int32Array(fewestPlaces);
  #values = new Float64Array(fewestPlaces);

  /** -1 where it is not. */
  find(print: number): number {
    const place = placeOf(this.#prints, print);
    return this.#prints[place] === print ? place : -1;
  }

  valueAt(place: number): number {
    return this.#values[place] ?? 0;
  }

  put(print: number, value: number): void {
    let place = placeOf(this.#prints, print);
    if (this.#prints[place] !== print) {
      if (this.size >= fullShare * this.#prints.length) {
        this.#grow();
        place = placeOf(this.#prints, print);
      }
      this.#prints[place] = print;
      this.size++;
    }
    this.#values[place] = value;
  }

  clear(): void {
    this.#prints.fill(0);
    this.size = 0;
  }

  save(): SavedGeneration {
    const [prints, values] = [new Int32Array(this.size), new Float64Array(this.size)];
    let next = 0;
    for (const [place, print] of this.#prints.entries()) {
      if (print === 0) continue;
      prints[next] = print;
      values[next++] = this.#values[place] ?? 0;
    }
    return { prints, values };
  }

  /** At most so many of them. */
  load({ prints, values }: SavedGeneration, most: number): void {
    this.clear();
    for (let index = 0; index < Math.min(most, prints.length); index++) this.put(prints[index] ?? 1, values[index] ?? 0);
  }

  #grow(): void {
    const [prints, values] = [this.#prints, this.#values];
    this.#prints = new Int32Array(2 * prints.length);
    this.#values = new Float64Array(2 * prints.length);
    for (let from = 0; from < prints.length; from++) {
      const print = prints[from] ?? 0;
      if (print === 0) continue;
      const place = placeOf(this.#prints, print);
      this.#prints[place] = print;
      this.#values[place] = values[from] ?? 0;
    }
  }
}

export class RecentNumbers {
  readonly #half: number;
  readonly #keepMs: number;
  #young = new Generation();
  #old = new Generation();
  /** When the young generation began; null before the first. */
  #since: number | null = null;

  constructor({ capacity, keepMs }: RecentNumbersOptions) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
    this.#keepMs = keepMs;
  }

  /** Keys held, never more than the capacity; one that is in both generations counts twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The number of a key, which thereby counts as used at a moment in ms; 0 for one that is not known. */
  get(hash: number, at: number): number {
    this.#age(at);
    const print = printOf(hash);
    const young = this.#young.find(print);
    if (young >= 0) return this.#young.valueAt(young);
    const old = this.#old.find(print);
    if (old < 0) return 0;
    const value = this.#old.valueAt(old);
    // 0 is as good as not there.
    if (value !== 0) this.#put(print, value, at);
    return value;
  }

  /** Keeps a number; 0 forgets the key. */
  set(hash: number, value: number, at: number): void {
    this.#age(at);
    this.#put(printOf(hash), value, at);
  }

  /** A copy of what is held. */
  save(): SavedNumbers {
    return { young: this.#young.save(), old: this.#old.save(), since: this.#since };
  }

  /** Takes what was saved in place of what is held, as far as there is room. */
  load({ young, old, since }: SavedNumbers): void {
    this.#young.load(young, this.#half);
    this.#old.load(old, this.#half);
    this.#since = since;
  }

  #put(print: number, value: number, at: number): void {
    if (this.#young.size >= this.#half && this.#young.find(print) < 0) this.#turn(at);
    this.#young.put(print, value);
  }

  #age(at: number): void {
    this.#since ??= at;
    const age = at - this.#since;
    if (age < this.#keepMs) return;
    if (age >= 2 * this.#keepMs) this.#turn(at); // nothing of the young one was used for a whole generation either
    this.#turn(at);
  }

  #turn(at: number): void {
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
    this.#since = at;
  }
}

/** Whether a key was seen within the last while; a stranger passes for seen where hashes are the same. */
export class RecentPrints {
  readonly #seen: RecentNumbers;

  constructor(options: RecentNumbersOptions) {
    this.#seen = new RecentNumbers(options);
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Seen lately: it counts as seen again. */
  has(hash: number, at: number): boolean {
    return this.#seen.get(hash, at) !== 0;
  }

  save(): SavedNumbers {
    return this.#seen.save();
  }

  load(saved: SavedNumbers): void {
    this.#seen.load(saved);
  }

  /** True for a key that was not seen lately; seen it is from now on. */
  isNew(hash: number, at: number): boolean {
    if (this.#seen.get(hash, at) !== 0) return false;
    this.#seen.set(hash, 1, at);
    return true;
  }
}

/** 0 is an empty place. */
const printOf = (hash: number): number => ((hash | 0) === 0 ? 1 : hash | 0);

/** Where a print is, or the empty place where it belongs. */
function placeOf(prints: Int32Array, print: number): number {
  const mask = prints.length - 1;
  let place = print & mask;
  while (prints[place] !== 0 && prints[place] !== print) place = (place + 1) & mask;
  return place;
}
