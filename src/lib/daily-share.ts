// So many a day (UTC) and no more.

const dayMs = 86_400_000;

export class DailyShare {
  readonly #now: () => number;
  #day = -1;
  #taken = 0;

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one of `most`; false when the day has had them all. */
  take(most: number): boolean {
    const day = Math.floor(this.#now() / dayMs);
    if (day !== this.#day) [this.#day, this.#taken] = [day, 0];
    if (this.#taken >= most) return false;
    this.#taken++;
    return true;
  }
}
