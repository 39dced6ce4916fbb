// The load level in memory shared by all threads: one writes it, the others look at it as often as they like.
import type { LoadLevel } from './load-level.ts';

const words = 2;

export class SharedLevel {
  readonly #words: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  read(): LoadLevel {
    return Atomics.load(this.#words, 0) as LoadLevel; // only write() puts something there
  }

  /** Whether strangers are to be answered slowly. */
  isSlow(): boolean {
    return Atomics.load(this.#words, 1) === 1;
  }

  write(level: LoadLevel, isSlow: boolean): void {
    Atomics.store(this.#words, 0, level);
    Atomics.store(this.#words, 1, isSlow ? 1 : 0);
  }
}
