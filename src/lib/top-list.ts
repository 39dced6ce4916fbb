// The most frequent of many, over the last minute or so, in a fixed amount of memory (Metwally et al., Space-Saving, 2005).
// A count may be too high by what its place was taken over with, never too low; what is truly frequent is always there.

export interface Ranked {
  readonly key: string;
  readonly count: number;
}

export interface TopListOptions {
  /** Keys counted in one slot of time. */
  readonly capacity: number;
  /** What is looked back on, in ms. */
  readonly windowMs: number;
}

/** Slots of a window: what is older than the window leaves it a sixth at a time. */
const slotsPerWindow = 6;

export class TopList {
  readonly #capacity: number;
  readonly #slotMs: number;
  /** Newest first. */
  #slots: { readonly slot: number; readonly counts: Map<string, number> }[] = [];

  constructor({ capacity, windowMs }: TopListOptions) {
    this.#capacity = capacity;
    this.#slotMs = windowMs / slotsPerWindow;
  }

  /** Counts a key at a moment in ms. */
  add(key: string, at: number): void {
    const counts = this.#countsAt(Math.floor(at / this.#slotMs));
    const known = counts.get(key);
    if (known !== undefined || counts.size < this.#capacity) {
      counts.set(key, (known ?? 0) + 1);
      return;
    }
    let [leastKey, least] = ['', Number.POSITIVE_INFINITY];
    for (const [each, count] of counts) if (count < least) [leastKey, least] = [each, count];
    counts.delete(leastKey);
    counts.set(key, least + 1);
  }

  #countsAt(slot: number): Map<string, number> {
    const found = this.#slots.find((each) => each.slot === slot);
    if (found !== undefined) return found.counts;
    const counts = new Map<string, number>();
    // What comes late may be older than all: it is sorted in and falls off the end at once.
    this.#slots = [{ slot, counts }, ...this.#slots].toSorted((one, other) => other.slot - one.slot).slice(0, slotsPerWindow + 1);
    return counts;
  }

  /** The `most` most frequent of the window that ends at a moment in ms, the most frequent first. */
  top(most: number, at: number): readonly Ranked[] {
    const oldest = Math.floor(at / this.#slotMs) - slotsPerWindow;
    const sums = new Map<string, number>();
    for (const { slot, counts } of this.#slots) {
      if (slot > oldest) for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    return [...sums]
      .map(([key, count]) => ({ key, count }))
      .toSorted((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1))
      .slice(0, most);
  }
}
