// A map of keys that strangers choose, with the time given at each call: for folds over past or present that read no clock.
// Keys live in two generations; a key that is looked at moves to the young one. When the young one is full or old, the old one is forgotten.
// So a key stays for `keepMs` after it was last used and at most twice that long, unless more keys come than there is room for.

export interface RecentMapOptions {
  /** Keys at most. */
  readonly capacity: number;
  /** Milliseconds a key is kept at least after its last use, while there is room. */
  readonly keepMs: number;
}

/** What is held as it can be written down, where the values can. */
export interface SavedRecent<V> {
  readonly young: readonly (readonly [string, V])[];
  readonly old: readonly (readonly [string, V])[];
  readonly since: number | null;
}

export class RecentMap<V> {
  readonly #half: number;
  readonly #keepMs: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  /** When the young generation began; null before the first. */
  #since: number | null = null;

  constructor({ capacity, keepMs }: RecentMapOptions) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
    this.#keepMs = keepMs;
  }

  /** Keys held: never more than the capacity. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value, which thereby counts as used at a moment in ms. A moment before earlier ones counts as theirs. */
  get(key: string, at: number): V | undefined {
    this.#age(at);
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.#put(key, old, at);
    return old;
  }

  set(key: string, value: V, at: number): void {
    this.#age(at);
    this.#old.delete(key);
    this.#put(key, value, at);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** All that is held, in no particular order; looking at them does not count as use. */
  *entries(): Generator<readonly [string, V]> {
    yield* this.#old;
    yield* this.#young;
  }

  /** What is held; the values themselves, not copies. */
  save(): SavedRecent<V> {
    return { young: [...this.#young], old: [...this.#old], since: this.#since };
  }

  /** Takes what was saved in place of what is held, as far as there is room. */
  load({ young, old, since }: SavedRecent<V>): void {
    this.#young = new Map(young.slice(0, this.#half));
    this.#old = new Map(old.slice(0, this.#half));
    this.#since = since;
  }

  #put(key: string, value: V, at: number): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) this.#turn(at);
    this.#young.set(key, value);
  }

  #age(at: number): void {
    this.#since ??= at;
    const age = at - this.#since;
    if (age < this.#keepMs) return;
    if (age >= 2 * this.#keepMs) this.#turn(at); // nothing of the young one was used for a whole generation either
    this.#turn(at);
  }

  #turn(at: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#since = at;
  }
}

/** Whether a key was seen within the last while. */
export class RecentSet {
  readonly #seen: RecentMap<true>;

  constructor(options: RecentMapOptions) {
    this.#seen = new RecentMap(options);
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Seen lately: it counts as seen again. */
  has(key: string, at: number): boolean {
    return this.#seen.get(key, at) !== undefined;
  }

  save(): SavedRecent<true> {
    return this.#seen.save();
  }

  load(saved: SavedRecent<true>): void {
    this.#seen.load(saved);
  }

  /** True for a key that was not seen lately; seen it is from now on. */
  isNew(key: string, at: number): boolean {
    if (this.#seen.get(key, at) !== undefined) return false;
    this.#seen.set(key, true, at);
    return true;
  }
}
