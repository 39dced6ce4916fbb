// A sign of life in memory shared by two threads: one beats, the other looks whether it has beaten since. A thread whose event loop
// stands still cannot answer a message, and does not die of it either.

/** The beating thread's end. */
export class Pulse {
  readonly #beats: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#beats = new Int32Array(buffer);
  }

  beat(): void {
    Atomics.add(this.#beats, 0, 1);
  }

  /** Beats so far; wraps around. */
  get beats(): number {
    return Atomics.load(this.#beats, 0);
  }
}

/** Looks without a beat after which a thread is taken for hung. Looks are counted, not time: where the whole process stood still, nobody looked. */
const MOST_SILENT_LOOKS = 10;

/** The watching thread's end. */
export class PulseWatch {
  readonly #pulse: Pulse;
  #seen = 0;
  #silent = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#pulse = new Pulse(buffer);
  }

  /** To be called ten times within the silence that is borne: whether it has lasted that long. */
  isHung(): boolean {
    const { beats } = this.#pulse;
    this.#silent = beats === this.#seen ? this.#silent + 1 : 0;
    this.#seen = beats;
    return this.#silent > MOST_SILENT_LOOKS;
  }

  /** Looks in so many milliseconds of silence, so that the last comes when they are over. */
  static lookEveryMs(silenceMs: number): number {
    return Math.max(1, silenceMs / MOST_SILENT_LOOKS);
  }
}
