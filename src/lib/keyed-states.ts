// State by key for keys that strangers choose: bounded, and nothing is moved about when a key is used. Keys live in two generations of half
// the capacity; when the young one is full, the old one is forgotten: keys not used since.

export class KeyedStates<V, K extends string | number = string> {
  readonly #half: number;
  readonly #create: (key: K) => V;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** `create` makes the state of a key that is new or was forgotten. */
  constructor(capacity: number, create: (key: K) => V) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
    this.#create = create;
  }

  /** Keys held: never more than the capacity. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The state of a key, made when there is none. It counts as use. */
  of(key: K): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    return this.#keep(key, this.#take(key) ?? this.#create(key));
  }

  /** The state of a key if there is one, without counting as use. */
  peek(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** All that are held, in no order that means anything. */
  *entries(): Generator<readonly [K, V]> {
    yield* this.#old;
    yield* this.#young;
  }

  #take(key: K): V | undefined {
    const old = this.#old.get(key);
    if (old !== undefined) this.#old.delete(key);
    return old;
  }

  #keep(key: K, state: V): V {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, state);
    return state;
  }
}
