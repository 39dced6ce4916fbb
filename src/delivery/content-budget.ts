// How much content may be in memory at once, over all sessions of a door.

/** Counts the bytes in memory: those of messages kept there, and those on their way into files. */
export class ContentBudget {
  readonly #limit: number;
  #kept = 0;
  #onTheWay = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inUse(): number {
    return this.#kept + this.#onTheWay;
  }

  /** What is on its way into files may take as much again; a disk that hangs must not fill the memory. */
  get hasRoomForFiles(): boolean {
    return this.#onTheWay <= this.#limit;
  }

  keep(bytes: number): boolean {
    if (this.#kept + bytes > this.#limit) return false;
    this.#kept += bytes;
    return true;
  }

  letGo(bytes: number): void {
    this.#kept -= bytes;
  }

  send(bytes: number): void {
    this.#onTheWay += bytes;
  }

  sent(bytes: number): void {
    this.#onTheWay -= bytes;
  }
}
