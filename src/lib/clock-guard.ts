// Whether the wall clock can be believed where something is thrown away because its time is over: it jumps when the time comes from the network late, when somebody
// sets it by hand, when a virtual machine wakes up. A clock that has just jumped may jump back.

/** Milliseconds since the epoch: a clock that shows less has not been set yet. */
export const clockWasSetBy = Date.UTC(2026, 0, 1);
/** Milliseconds by which the wall clock may run away from the steady one between two looks: more is a jump. */
const jumpMs = 60_000;
/** After a jump the clock has to run evenly for so long, in ms. */
export const evenForMs = 3_600_000;

export interface ClockGuardParts {
  /** The wall clock, in milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of any origin, which nobody sets. */
  steady(): number;
}

export class ClockGuard {
  readonly #parts: ClockGuardParts;
  #wall: number;
  #steady: number;
  #jumpedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ClockGuardParts) {
    this.#parts = parts;
    this.#wall = parts.now();
    this.#steady = parts.steady();
  }

  /** False for an hour after a jump in either direction. To be asked often: a jump there and back between two looks is not seen. */
  isBelieved(): boolean {
    const [wall, steady] = [this.#parts.now(), this.#parts.steady()];
    if (Math.abs(wall - this.#wall - (steady - this.#steady)) > jumpMs) this.#jumpedAt = steady;
    this.#wall = wall;
    this.#steady = steady;
    return steady - this.#jumpedAt >= evenForMs;
  }
}
