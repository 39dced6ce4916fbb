// How many within the last while, in a handful of numbers: the window has six parts, and what is older leaves it a sixth at a time.

const parts = 6;

export class WindowCount {
  readonly #partMs: number;
  // A plain array: a typed one costs several times as much to make, and one is made for each stranger.
  readonly #counts = [0, 0, 0, 0, 0, 0];
  /** Number of the newest part; null before the first. */
  #newest: number | null = null;

  /** Length of the window in ms; up to a sixth of it less is looked at. */
  constructor(windowMs: number) {
    this.#partMs = windowMs / parts;
  }

  /** Counts at a moment in ms and gives the count of the window that ends there. What is older than the window is left out. */
  add(at: number, weight = 1): number {
    const part = Math.floor(at / this.#partMs);
    this.#advance(part);
    const newest = this.#newest ?? part;
    if (part > newest - parts) this.#counts[slotOf(part)] = (this.#counts[slotOf(part)] ?? 0) + weight;
    return this.#sum();
  }

  /** The count of the window that ends at a moment in ms. */
  countAt(at: number): number {
    this.#advance(Math.floor(at / this.#partMs));
    return this.#sum();
  }

  #advance(part: number): void {
    const from = this.#newest ?? part;
    for (let each = Math.max(from + 1, part - parts + 1); each <= part; each++) this.#counts[slotOf(each)] = 0;
    this.#newest = Math.max(from, part);
  }

  #sum(): number {
    let sum = 0;
    for (const count of this.#counts) sum += count;
    return sum;
  }
}

const slotOf = (part: number): number => ((part % parts) + parts) % parts;
