// How fast the journal may grow. A bucket that leaks at the allowed rate: a burst passes, a flood loses what tells least first, by the same
// shares as a full queue. So a flood cannot fill a disk in minutes, and what was decided stays longest.
import { hasRoomFor, type Importance } from './importance.ts';

/** A burst of so many seconds at the full rate passes whole. */
const burstSeconds = 20;

export class JournalMeter {
  readonly #bytesPerSecond: number;
  /** Bytes written that have not leaked away. */
  #level = 0;
  #at = 0;
  /** The disk is short: what is chatty is left out altogether. */
  #isSparing = false;

  /** Bytes a second; 0: no limit. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  spare(isSparing: boolean): void {
    this.#isSparing = isSparing;
  }

  /** Whether so many bytes of any importance pass: then nothing needs to be looked at line by line. */
  isCalm(bytes: number, now: number): boolean {
    this.#leak(now);
    return !this.#isSparing && this.#admits(0, bytes);
  }

  /** Whether a line may be written; what is, is counted by `wrote`. */
  admits(importance: Importance, bytes: number): boolean {
    return !(this.#isSparing && importance === 0) && this.#admits(importance, bytes);
  }

  wrote(bytes: number): void {
    if (this.#bytesPerSecond > 0) this.#level += bytes;
  }

  #admits(importance: Importance, bytes: number): boolean {
    return this.#bytesPerSecond === 0 || hasRoomFor(importance, this.#level + bytes, this.#bytesPerSecond * burstSeconds);
  }

  #leak(now: number): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#level = Math.max(0, this.#level - (this.#bytesPerSecond * passed) / 1000);
  }
}
