// Tells a queue that stands from one that breathes, after CoDel (RFC 8289 3): a burst is waited out within an interval, a queue in which
// nobody has been served quickly for longer than that is too much work.

export interface StandingDelayOptions {
  /** A wait up to this is well, in milliseconds. */
  readonly targetMs: number;
  /** A burst may last so long, in milliseconds. */
  readonly intervalMs: number;
}

export class StandingDelay {
  readonly #options: StandingDelayOptions;
  /** Since when every wait was above the target; null when the last one was not. */
  #aboveSince: number | null = null;

  constructor(options: StandingDelayOptions) {
    this.#options = options;
  }

  /** One was served after `waitedMs`. */
  note(waitedMs: number, now: number): void {
    if (waitedMs < this.#options.targetMs) this.#aboveSince = null;
    else this.#aboveSince ??= now;
  }

  /** The queue is empty: nothing stands. */
  empty(): void {
    this.#aboveSince = null;
  }

  /** For how many intervals the queue has stood; 0 when it breathes. */
  intervals(now: number): number {
    return this.#aboveSince === null ? 0 : Math.max(0, now - this.#aboveSince) / this.#options.intervalMs;
  }
}
