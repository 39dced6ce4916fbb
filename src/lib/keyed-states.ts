// State by key for keys that strangers choose: bounded, and nothing is moved about when a key is used. Keys live in two generations of half
// the capacity; when the young one is full, the old one is forgotten: keys not used since.

export class KeyedStates<V> {
  readonly #half: number;
  readonly #create: (key: string) => V;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** `create` makes the state of a key that is new or was forgotten. */
  constructor(capacity: number, create: (key: string) => V) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
    this.#create = create;
  }

  /** Keys held: never more than the capacity. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The state of a key, made when there is none. It counts as use. */
  of(key: string): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    return this.#keep(key, this.#take(key) ?? this.#create(key));
  }

  /** The state of a key if there is one, without counting as use. */
  peek(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** All that are held, in no order that means anything. */
  *entries(): Generator<readonly [string, V]> {
    yield* this.#old;
    yield* this.#young;
  }

  #take(key: string): V | undefined {
    const old = this.#old.get(key);
    if (old !== undefined) this.#old.delete(key);
    return old;
  }

  #keep(key: string, state: V): V {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, state);
    return state;
  }
}
