// How much is in store, counted in memory shared by all threads, so that its limits hold over all of them.

const pieces = 0;
const bytes = 1;

/** A number of pieces and their bytes. */
export interface Stock {
  readonly pieces: number;
  readonly bytes: number;
}

export class SharedStock {
  readonly #counts: BigInt64Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#counts = new BigInt64Array(buffer);
  }

  read(): Stock {
    return { pieces: this.#at(pieces), bytes: this.#at(bytes) };
  }

  /** Takes room for one piece of so many bytes; names the limit that leaves none. Two threads never take the same room. */
  take(size: number, most: Stock): null | 'pieces' | 'bytes' {
    const before = Number(Atomics.add(this.#counts, pieces, 1n));
    const bytesBefore = Number(Atomics.add(this.#counts, bytes, BigInt(size)));
    if (before < most.pieces && bytesBefore + size <= most.bytes) return null;
    this.giveBack(size);
    return before < most.pieces ? 'bytes' : 'pieces';
  }

  /** One piece of so many bytes is gone. */
  giveBack(size: number): void {
    Atomics.sub(this.#counts, pieces, 1n);
    Atomics.sub(this.#counts, bytes, BigInt(size));
  }

  /** Counts what somebody else has put there. */
  add({ pieces: count, bytes: size }: Stock): void {
    Atomics.add(this.#counts, pieces, BigInt(count));
    Atomics.add(this.#counts, bytes, BigInt(size));
  }

  #at(place: number): number {
    return Number(Atomics.load(this.#counts, place));
  }
}
